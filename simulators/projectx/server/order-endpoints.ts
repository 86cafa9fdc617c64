/** Orders, positions and trades (reference C4). */
import { STATUS } from '#simulators/projectx/engine/codes.ts'
import { compareMoments, type Moment } from '#simulators/projectx/engine/moment.ts'
import type { OrderRow } from '#simulators/projectx/engine/record.ts'
import { REQUESTS } from '#simulators/projectx/wire/requests.ts'
import { orderJson, positionJson, tradeJson } from '#simulators/projectx/wire/rows.ts'
import { failed, succeeded, verdictBody } from './answers.ts'
import type { Call } from './desk.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { asOf, cutShort, laggedTrades, shownOrders } from './read-faults.ts'

const ACCOUNT_NOT_FOUND = 1
const ORDER_NOT_FOUND = 2
/** Rows of a page of v2/query. */
const PAGE_LIMIT = 100
const BEGINNING: Moment = { ms: 0, tick: 0 }

/** Paths and what they do. */
export const ORDER_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/api/Order/place': endpoint(REQUESTS.place, (request, { desk, userName }) => {
    const { orderId, ...verdict } = desk.venue.trading.place(userName, request)
    return { orderId, ...verdictBody(verdict) }
  }),
  '/api/Order/modify': endpoint(REQUESTS.modify, (request, { desk, userName }) =>
    verdictBody(desk.venue.trading.modify(userName, request)),
  ),
  '/api/Order/cancel': endpoint(REQUESTS.order, (request, { desk, userName }) =>
    verdictBody(desk.venue.trading.cancel(userName, request)),
  ),
  '/api/Order/search': endpoint(REQUESTS.accountRange, (request, call) =>
    orderList(call, request.accountId, (row) =>
      isWithin(row.creationTimestamp, request.startTimestamp, request.endTimestamp),
    ),
  ),
  // Suspended children are not open: this list leaves them out.
  '/api/Order/searchOpen': endpoint(REQUESTS.account, ({ accountId }, call) =>
    orderList(call, accountId, ({ status }) => status === STATUS.open),
  ),
  '/api/Order/searchById': endpoint(REQUESTS.order, ({ accountId, orderId }, call) => {
    const { account } = call.desk.venue
    if (!account.owns(call.userName, accountId)) return failed(ACCOUNT_NOT_FOUND, null, { order: null })
    const [row] = shownOrders(
      account.orders(accountId, asOf(call)).filter(({ id }) => id === orderId),
      call,
    )
    if (row === undefined) return failed(ORDER_NOT_FOUND, null, { order: null })
    return succeeded({ order: orderJson(row) })
  }),
  '/api/Order/v2/query': endpoint(REQUESTS.orderQuery, (request, call) => {
    const { filter, pageOffset, includeTotalCount } = request
    const pageSize = Math.min(request.pageSize, PAGE_LIMIT)
    const { account } = call.desk.venue
    const none = { orders: [], totalCount: null }
    if (!account.owns(call.userName, filter.accountId)) return failed(ACCOUNT_NOT_FOUND, null, none)
    const fits = (row: OrderRow) =>
      (filter.statuses == null || filter.statuses.includes(row.status)) &&
      (filter.contractId == null || filter.contractId === row.contractId) &&
      isWithin(row.creationTimestamp, filter.createdAfter, filter.createdBefore)
    const found = shownOrders(account.orders(filter.accountId, asOf(call)).filter(fits), call).toSorted(
      byRequest(request),
    )
    const page = cutShort(found.slice(pageOffset, pageOffset + pageSize), call)
    return succeeded({ orders: page.map(orderJson), totalCount: includeTotalCount ? found.length : null })
  }),
  '/api/Position/searchOpen': endpoint(REQUESTS.account, ({ accountId }, call) => {
    const { account } = call.desk.venue
    if (!account.owns(call.userName, accountId)) return failed(ACCOUNT_NOT_FOUND, null, { positions: [] })
    return succeeded({ positions: cutShort(account.positions(accountId, asOf(call)), call).map(positionJson) })
  }),
  '/api/Position/closeContract': endpoint(REQUESTS.close, (request, { desk, userName }) =>
    verdictBody(desk.venue.trading.close(userName, request)),
  ),
  '/api/Position/partialCloseContract': endpoint(REQUESTS.partialClose, (request, { desk, userName }) =>
    verdictBody(desk.venue.trading.close(userName, request)),
  ),
  '/api/Trade/search': endpoint(REQUESTS.accountRange, ({ accountId, startTimestamp, endTimestamp }, call) => {
    const { account } = call.desk.venue
    if (!account.owns(call.userName, accountId)) return failed(ACCOUNT_NOT_FOUND, null, { trades: [] })
    const rows = account.trades(accountId, { start: startTimestamp ?? BEGINNING, end: endTimestamp }, asOf(call))
    return succeeded({ trades: cutShort(laggedTrades(rows, call), call).map(tradeJson) })
  }),
}

function orderList(call: Call, accountId: number, fits: (row: OrderRow) => boolean): object {
  const { account } = call.desk.venue
  if (!account.owns(call.userName, accountId)) return failed(ACCOUNT_NOT_FOUND, null, { orders: [] })
  const rows = shownOrders(account.orders(accountId, asOf(call)).filter(fits), call)
  return succeeded({ orders: cutShort(rows, call).map(orderJson) })
}

/** Both bounds inclusive. */
function isWithin(moment: Moment, start: Moment | null, end: Moment | null): boolean {
  return (start === null || compareMoments(moment, start) >= 0) && (end === null || compareMoments(moment, end) <= 0)
}

function byRequest({ sortBy, sortDirection }: { readonly sortBy: number; readonly sortDirection: number }) {
  const sign = sortDirection === 0 ? 1 : -1
  return (a: OrderRow, b: OrderRow) => {
    const byTime = sortBy === 0 ? compareMoments(a.creationTimestamp, b.creationTimestamp) : 0
    return sign * (byTime || a.id - b.id)
  }
}
