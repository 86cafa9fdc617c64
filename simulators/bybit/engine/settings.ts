/** What an account sets on a position: leverage, position mode, take profit and stop loss. */
import { Decimal, ZERO } from '#domain/decimal.ts'
import { notePosition, positionOf } from './account.ts'
import { readExits } from './draft-order.ts'
import { type ExitKind, makeExit, setFullExit } from './exits.ts'
import { checkExits, checkQty, sentDecimal } from './order-checks.ts'
import { isOpen } from './order-status.ts'
import { badParameter, isRefusal, type Refusal, refuse, WRONG_POSITION_MODE } from './refusal.ts'
import type { TradingStopRequest } from './request.ts'
import type { AccountState, ExitTerms, MarketState, Order, PositionState, VenueState } from './state.ts'

/** `position/set-leverage`: both sides must be the same in one-way mode. */
export function setLeverage(
  state: VenueState,
  account: AccountState,
  request: { readonly symbol: string; readonly buyLeverage: string; readonly sellLeverage: string },
): Refusal | undefined {
  const market = state.markets.get(request.symbol)
  if (market === undefined) return badParameter('symbol invalid')
  const leverage = sentDecimal(request.buyLeverage)
  const sell = sentDecimal(request.sellLeverage)
  if (leverage === undefined || sell === undefined || !leverage.eq(sell)) return badParameter('leverage invalid')
  if (leverage.lt(1) || leverage.gt(market.instrument.maxLeverage)) return badParameter('leverage out of range')
  const position = positionOf(account, market)
  if (position.leverage.eq(leverage)) return refuse(110043, 'leverage not modified')
  position.leverage = leverage
  notePosition(state, account, position)
  return undefined
}

/** `position/switch-mode`: this venue's accounts trade one-way (0); hedge mode (3) is refused. */
export function switchMode(mode: number): Refusal {
  return mode === 0 ? refuse(110025, 'Position mode is not modified') : badParameter('position mode not supported')
}

/** `position/trading-stop`. */
export function tradingStop(
  state: VenueState,
  account: AccountState,
  request: TradingStopRequest,
): Refusal | undefined {
  const market = state.markets.get(request.symbol)
  if (market === undefined) return badParameter('symbol invalid')
  if ((request.positionIdx ?? 0) !== 0) return WRONG_POSITION_MODE
  const position = positionOf(account, market)
  if (position.holding.size.isZero()) return refuse(10001, 'can not set tp/sl/ts for zero position')
  const terms = readExits(request)
  if (isRefusal(terms)) return terms
  const side = position.holding.size.isNegative() ? 'Sell' : 'Buy'
  const misplaced = checkExits({ ...terms, side, market }, market.mark)
  if (misplaced !== undefined) return misplaced
  return request.tpslMode === 'Partial'
    ? setPartial(state, account, market, { request, terms })
    : setFull(state, account, position, { request, terms })
}

interface StopChange {
  readonly request: TradingStopRequest
  readonly terms: Readonly<Record<ExitKind, ExitTerms | null>>
}

function setFull(
  state: VenueState,
  account: AccountState,
  position: PositionState,
  { request, terms }: StopChange,
): Refusal | undefined {
  const sent = (['takeProfit', 'stopLoss'] as const).filter((kind) => (request[kind] ?? '') !== '')
  const changed = sent.filter((kind) => isChange(position[kind], terms[kind]))
  if (changed.length === 0) return refuse(34040, 'not modified')
  for (const kind of changed) setFullExit(state, account, position.market, { kind, terms: terms[kind] })
  return undefined
}

function isChange(standing: Order | null, terms: ExitTerms | null): boolean {
  const live = standing !== null && isOpen(standing) ? standing : null
  if (live === null || terms === null) return live !== terms
  return live.trigger?.price.eq(terms.price) !== true || live.trigger.by !== terms.by
}

function setPartial(
  state: VenueState,
  account: AccountState,
  market: MarketState,
  change: StopChange,
): Refusal | undefined {
  const { request, terms } = change
  const sizes = { takeProfit: request.tpSize, stopLoss: request.slSize }
  const plans = (['takeProfit', 'stopLoss'] as const).flatMap((kind) => {
    const exit = terms[kind]
    return exit === null ? [] : [{ kind, terms: exit, qty: sentDecimal(sizes[kind] ?? '') ?? ZERO }]
  })
  if (plans.length === 0) return refuse(34040, 'not modified')
  const held = positionOf(account, market).holding.size.abs()
  for (const { qty } of plans) {
    const refused = checkQty(market.instrument, Decimal.min(qty, held), { orderType: 'Market', reduceOnly: true })
    if (refused !== undefined) return refused
  }
  const exits = plans.map((plan) =>
    makeExit(state, account, market, {
      ...plan,
      qty: Decimal.min(plan.qty, held),
      mode: 'Partial',
      parentOrderLinkId: '',
    }),
  )
  for (const exit of exits) exit.pair = exits
  return undefined
}
