/** `order/realtime` and `order/history`: what lives, what ended, and what is already forgotten (reference section B3). */
import type { OrderView } from '#simulators/bybit/engine/record.ts'
import { badParameter, isRefusal } from '#simulators/bybit/engine/refusal.ts'
import { OPEN_STATUSES } from '#simulators/bybit/engine/vocabulary.ts'
import type { Answer } from '#simulators/bybit/wire/envelope.ts'
import { historyRow, realtimeRow } from '#simulators/bybit/wire/order-row.ts'
import { isWithin, type Page, pageOf, windowOf } from '#simulators/bybit/wire/page.ts'
import type { SignedRequest } from './endpoint.ts'
import { asOf, isHidden, served } from './read-faults.ts'

const PAGE = { max: 50, standard: 20 }
const RECENT = 500
const DAY_MS = 86_400_000
/** How long demo accounts keep orders (reference section B1). */
const DEMO_MS = 7 * DAY_MS

/** `order/realtime`: open orders, or with openOnly=1 the recently closed ones. */
export function realtime(request: SignedRequest): Answer {
  const { context, account, query } = request
  const refused = refuseScope(query)
  if (refused !== undefined) return refused
  const orders = context.venue.account.orders(account, asOf(request)).filter((order) => isMeant(order, query))
  const closed = (query.get('openOnly') ?? '0') === '1'
  const since = context.venue.account.recentSince(account)
  const rows = closed
    ? orders.filter(({ status, updatedTime }) => isClosed(status) && updatedTime >= since).slice(0, RECENT)
    : orders.filter(({ status }) => OPEN_STATUSES.has(status))
  const page = pageOf(isHidden(request) ? [] : rows, query, PAGE, ({ orderId }) => orderId)
  return answered(request, page, realtimeRow)
}

/** `order/history`: orders without a fill are gone after a day. */
export function history(request: SignedRequest): Answer {
  const { context, account, query } = request
  const now = context.venue.now()
  const window = windowOf(query, now)
  if (isRefusal(window)) return window
  const rows = context.venue.account
    .orders(account, asOf(request))
    .filter((order) => isMeant(order, query) && isClosed(order.status) && isWithin(order.createdTime, window))
    .filter(({ status }) => (query.get('orderStatus') ?? status) === status)
    .filter(({ cumExecQty, updatedTime }) => cumExecQty !== '0' || updatedTime > now - DAY_MS)
    .filter(({ createdTime }) => context.env !== 'demo' || createdTime > now - DEMO_MS)
  const page = pageOf(isHidden(request) ? [] : rows, query, PAGE, ({ orderId }) => orderId)
  return answered(request, page, historyRow)
}

function answered(request: SignedRequest, page: ReturnType<typeof pageOf<OrderView>>, row: typeof realtimeRow): Answer {
  const answer: Page<OrderView> | ReturnType<typeof badParameter> = served(request, page)
  if (isRefusal(answer)) return answer
  const { market } = request.context.venue
  const list = answer.list.flatMap((order) => {
    const instrument = market.instrument(order.symbol)
    return instrument === undefined ? [] : [row(instrument, order)]
  })
  return { result: { list, nextPageCursor: answer.nextPageCursor, category: 'linear' } }
}

/** Linear queries must say which orders (reference section B3). */
function refuseScope(query: URLSearchParams): ReturnType<typeof badParameter> | undefined {
  const scoped = ['symbol', 'baseCoin', 'settleCoin', 'orderId', 'orderLinkId'].some((name) => query.has(name))
  return scoped ? undefined : badParameter('symbol, baseCoin or settleCoin is required')
}

/** What conditional orders and exits are asked for by. */
function isOfKind({ stopOrderType }: OrderView, query: URLSearchParams): boolean {
  const filter = query.get('orderFilter') ?? ''
  return filter === '' || (filter === 'Order') === (stopOrderType === 'UNKNOWN')
}

/** orderId wins over orderLinkId, then the symbol, then the coins. */
function isMeant(order: OrderView, query: URLSearchParams): boolean {
  if (!isOfKind(order, query)) return false
  const [orderId, linkId, symbol, baseCoin, settleCoin] = (
    ['orderId', 'orderLinkId', 'symbol', 'baseCoin', 'settleCoin'] as const
  ).map((name) => query.get(name) ?? '')
  if (orderId !== '') return order.orderId === orderId
  if (linkId !== '') return order.orderLinkId === linkId
  if (symbol !== '') return order.symbol === symbol
  if (baseCoin !== '') return order.symbol === `${baseCoin}USDT`
  return settleCoin === '' || settleCoin === 'USDT'
}

function isClosed(status: OrderView['status']): boolean {
  return !OPEN_STATUSES.has(status)
}
