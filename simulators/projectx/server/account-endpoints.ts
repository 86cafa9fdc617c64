/** Sign-in, accounts, contracts and bars (reference C2 and C4). */
import { REQUESTS } from '#simulators/projectx/wire/requests.ts'
import { accountJson, barJson, contractJson } from '#simulators/projectx/wire/rows.ts'
import { failed, succeeded } from './answers.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { asOf, cutShort } from './read-faults.ts'

const SECOND = 1000
const DAY = 86_400_000
/** ms of a bar by unit: second, minute, hour, day, week, month (of 30 days). */
const UNIT_MS: Readonly<Record<number, number>> = {
  1: SECOND,
  2: 60 * SECOND,
  3: 3600 * SECOND,
  4: DAY,
  5: 7 * DAY,
  6: 30 * DAY,
}
const BAR_LIMIT = 20_000
const BAR_ERROR = { contractNotFound: 1, unitInvalid: 2, unitNumberInvalid: 3, limitInvalid: 4 } as const
const CONTRACT_NOT_FOUND = 1

/** Paths and what they do. The simulator has only the tier of simulated accounts: `live` data is silently empty. */
export const ACCOUNT_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/api/Auth/validate': endpoint(REQUESTS.available, (_, { desk, userName }) =>
    succeeded({ newToken: desk.sessions.issue(userName) }),
  ),
  '/api/Auth/logout': endpoint(REQUESTS.available, (_, { desk, token }) => {
    desk.sessions.logout(token)
    return succeeded()
  }),
  '/api/Account/search': endpoint(REQUESTS.accounts, ({ onlyActiveAccounts }, call) => {
    const rows = call.desk.venue.account.accounts(call.userName, asOf(call))
    const wanted = onlyActiveAccounts ? rows.filter(({ isVisible }) => isVisible) : rows
    return succeeded({ accounts: cutShort(wanted, call).map(accountJson) })
  }),
  '/api/Contract/search': endpoint(REQUESTS.contracts, ({ searchText, live }, call) => {
    const rows = live ? [] : call.desk.venue.market.search(searchText)
    return succeeded({ contracts: cutShort(rows, call).map(contractJson) })
  }),
  '/api/Contract/available': endpoint(REQUESTS.available, ({ live }, call) => {
    const rows = live ? [] : call.desk.venue.market.available()
    return succeeded({ contracts: cutShort(rows, call).map(contractJson) })
  }),
  '/api/Contract/searchById': endpoint(REQUESTS.contract, ({ contractId }, { desk }) => {
    const row = desk.venue.market.contract(contractId)
    if (row === undefined) return failed(CONTRACT_NOT_FOUND, null, { contract: null })
    return succeeded({ contract: contractJson(row) })
  }),
  '/api/History/retrieveBars': endpoint(
    REQUESTS.bars,
    (request, call) => {
      const { market } = call.desk.venue
      const none = { bars: [] }
      const unitMs = UNIT_MS[request.unit]
      if (market.contract(request.contractId) === undefined) return failed(BAR_ERROR.contractNotFound, null, none)
      if (unitMs === undefined) return failed(BAR_ERROR.unitInvalid, null, none)
      if (request.unitNumber <= 0) return failed(BAR_ERROR.unitNumberInvalid, null, none)
      if (request.limit <= 0 || request.limit > BAR_LIMIT) return failed(BAR_ERROR.limitInvalid, null, none)
      if (request.live) return succeeded(none)
      const rows = market.bars(request.contractId, {
        startTime: request.startTime?.ms ?? 0,
        endTime: request.endTime?.ms ?? call.desk.venue.now(),
        spanMs: unitMs * request.unitNumber,
        limit: request.limit,
        includePartialBar: request.includePartialBar,
      })
      return succeeded({ bars: cutShort(rows, call).map(barJson) })
    },
    'bars',
  ),
}
