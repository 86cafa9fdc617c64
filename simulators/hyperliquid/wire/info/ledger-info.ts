/** /info on funding and other balance movements (reference section 4.1). */
import { z } from 'zod'
import { fundingRow, ledgerRow } from '#simulators/hyperliquid/wire/render/ledger.ts'
import { absentable, unsignedInteger } from '#simulators/hyperliquid/wire/scalars.ts'
import { rangeOf, user } from './info-fields.ts'
import { infoRequest } from './info-request.ts'

const schema = z.object({ user, startTime: absentable(unsignedInteger), endTime: absentable(unsignedInteger) })

/** Request types of this group. */
export const ledgerInfo = {
  userFunding: infoRequest({ schema, rowsPerWeight: 20 }, (request, { account }) =>
    account.funding(request.user, rangeOf(request)).map(fundingRow),
  ),
  userNonFundingLedgerUpdates: infoRequest({ schema, rowsPerWeight: 20 }, (request, { account }) =>
    account.ledgerUpdates(request.user, rangeOf(request)).map(ledgerRow),
  ),
} as const
