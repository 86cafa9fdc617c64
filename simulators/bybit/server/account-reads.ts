/** Reads of executions, positions, cash and keys (reference sections B4 to B6). */
import { badParameter, isRefusal } from '#simulators/bybit/engine/refusal.ts'
import type { Answer } from '#simulators/bybit/wire/envelope.ts'
import { closedPnlRow, executionRow, transactionRow } from '#simulators/bybit/wire/execution-row.ts'
import { isWithin, type Page, pageOf, windowOf } from '#simulators/bybit/wire/page.ts'
import { positionRow, walletRow } from '#simulators/bybit/wire/position-row.ts'
import type { SignedRequest } from './endpoint.ts'
import { positionSubject } from './position-subject.ts'
import { asOf, isHidden, lags, served } from './read-faults.ts'

const DAY_MS = 86_400_000

/** `execution/list`, newest first. */
export function executions(request: SignedRequest): Answer {
  const { context, account, query } = request
  const window = windowOf(query, context.venue.now())
  if (isRefusal(window)) return window
  const rows = context.venue.account
    .executions(account, asOf(request))
    .filter((row) => isWithin(row.execTime, window) && fits(query, row))
    .filter((row) => isOf(query, 'execType', row.execType) && isOrder(query, row))
  const page = pageOf(isHidden(request) ? [] : rows, query, { max: 100, standard: 50 }, ({ execId }) => execId)
  return linear(served(request, page), executionRow)
}

/** `position/list`: by symbol also the flat row, by coin only what is open. */
export function positions(request: SignedRequest): Answer {
  const { context, account, query } = request
  const symbol = query.get('symbol') ?? ''
  if (symbol === '' && !query.has('settleCoin')) return badParameter('symbol or settleCoin is required')
  const { venue } = context
  if (symbol !== '' && venue.market.instrument(symbol) === undefined) return badParameter('symbol invalid')
  const held = venue.account.positions(account, asOf(request))
  const rows = symbol === '' ? held.filter(({ size }) => size !== '0') : held.filter((row) => row.symbol === symbol)
  const subjects =
    rows.length === 0 && symbol !== ''
      ? [positionSubject(venue, account, symbol)]
      : rows.map((row) => positionSubject(venue, account, row))
  const page = pageOf(subjects, query, { max: 200, standard: 20 }, ({ position }) => position.symbol)
  return linear(served(request, page), positionRow)
}

/** `position/closed-pnl`, newest first. */
export function closedPnl(request: SignedRequest): Answer {
  const { context, account, query } = request
  const window = windowOf(query, context.venue.now())
  if (isRefusal(window)) return window
  const { venue } = context
  const rows = venue.account
    .closedPnl(account)
    .filter((row) => isWithin(row.updatedTime, window) && isOf(query, 'symbol', row.symbol))
  const page = pageOf(rows, query, { max: 100, standard: 50 }, ({ orderId }) => orderId)
  return linear(served(request, page), (row) => {
    const { instrument } = positionSubject(venue, account, row.symbol)
    return closedPnlRow(instrument, row)
  })
}

/** `account/transaction-log`, newest first; without bounds only the last day. */
export function transactionLog(request: SignedRequest): Answer {
  const { context, account, query } = request
  const window = windowOf(query, context.venue.now(), DAY_MS)
  if (isRefusal(window)) return window
  const log = context.venue.account.transactionLog(account)
  const rows = (lags(request) ? log.slice(1) : log)
    .filter((row) => isWithin(row.transactionTime, window) && isOf(query, 'currency', row.currency))
    .filter((row) => isOf(query, 'type', row.type) && (row.symbol === '' || isOf(query, 'symbol', row.symbol)))
    .filter((row) => isOf(query, 'category', row.symbol === '' ? '' : 'linear'))
  const page = served(
    request,
    pageOf(rows, query, { max: 50, standard: 20 }, ({ id }) => id),
  )
  if (isRefusal(page)) return page
  return { result: { nextPageCursor: page.nextPageCursor, list: page.list.map(transactionRow) } }
}

/** `account/wallet-balance`. */
export function walletBalance({ context, account, query }: SignedRequest): Answer {
  if (query.get('accountType') !== 'UNIFIED') return badParameter('accountType only support UNIFIED')
  const coins = query.get('coin')?.split(',')
  const balances = context.venue.account.balances(account)
  const wallet = walletRow(balances) as { readonly coin: readonly { readonly coin: string }[] }
  return { result: { list: [{ ...wallet, coin: wallet.coin.filter(({ coin }) => coins?.includes(coin) ?? true) }] } }
}

/** `account/info`. */
export function accountInfo({ key }: SignedRequest): Answer {
  return {
    result: {
      marginMode: 'REGULAR_MARGIN',
      updatedTime: String(key.createdAt),
      unifiedMarginStatus: 5,
      dcpStatus: 'OFF',
      timeWindow: 10,
      smpGroup: 0,
      isMasterTrader: false,
      spotHedgingStatus: 'OFF',
    },
  }
}

function linear<Row>(page: Page<Row> | ReturnType<typeof badParameter>, row: (value: Row) => object): Answer {
  if (isRefusal(page)) return page
  return {
    result: { nextPageCursor: page.nextPageCursor, category: 'linear', list: page.list.map((each) => row(each)) },
  }
}

function fits(query: URLSearchParams, row: { readonly symbol: string }): boolean {
  const base = query.get('baseCoin')
  return isOf(query, 'symbol', row.symbol) && (base === null || row.symbol === `${base}USDT`)
}

function isOrder(query: URLSearchParams, row: { readonly orderId: string; readonly orderLinkId: string }): boolean {
  const orderId = query.get('orderId') ?? ''
  return orderId === '' ? isOf(query, 'orderLinkId', row.orderLinkId) : row.orderId === orderId
}

function isOf(query: URLSearchParams, name: string, value: string): boolean {
  const wanted = query.get(name) ?? ''
  return wanted === '' || wanted === value
}
