/** webData2: the one answer that shows the unnamed agent (reference section 3.5); the web page's whole state of an account. */
import { z } from 'zod'
import { frontendOrder } from '#simulators/hyperliquid/wire/render/order.ts'
import { perpMeta } from '#simulators/hyperliquid/wire/render/market.ts'
import { wireNumber } from '#simulators/hyperliquid/wire/render/number.ts'
import { perpState, spotBalances } from './balance-info.ts'
import { user } from './info-fields.ts'
import { type InfoContext, infoRequest } from './info-request.ts'
import { assetContexts } from './market-info.ts'

/** webData2 of an account. */
export function webData2(context: Pick<InfoContext, 'account' | 'venue'>, address: string): object {
  const { account, venue } = context
  const agent = account.agents(address).find(({ name }) => name === null)
  return {
    clearinghouseState: perpState(account, address),
    leadingVaults: [],
    totalVaultEquity: '0.0',
    openOrders: account.openOrders(address).map(frontendOrder),
    agentAddress: agent?.address ?? null,
    agentValidUntil: agent?.validUntil ?? null,
    cumLedger: wireNumber(venue.oracle.ledger(address).equity.transfers),
    meta: perpMeta(venue.market.perps()),
    assetCtxs: assetContexts(context),
    serverTime: venue.now(),
    isVault: account.role(address).role === 'vault',
    user: address,
    twapStates: [],
    spotState: spotBalances(account, address),
  }
}

/** Request types of this group. */
export const webDataInfo = {
  webData2: infoRequest({ schema: z.object({ user }) }, (request, context) => webData2(context, request.user)),
} as const
