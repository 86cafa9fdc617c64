/** Books one side of a trade: position, cash, fee, volume and the fill row, exactly as reference section 4.3 describes it. */
import type { Decimal } from '#domain/decimal.ts'
import { ZERO, toDecimalString } from '#domain/decimal.ts'
import { accountOf, leverageOf, newPosition } from './account.ts'
import { applyToHolding, type HoldingChange } from './position.ts'
import { truncateUsd } from './price-rules.ts'
import type { Fill, FillLiquidation } from './record.ts'
import type { AccountState, CoinState, Order, Position, VenueState } from './state.ts'
import { currentHash, emit, touchAccount } from './step.ts'

/** What is special about a trade: liquidation and auto-deleveraging rows, fee waiver. */
export interface TradeNature {
  readonly liquidation?: FillLiquidation
  /** Overrides `dir` of the given user's row. */
  readonly dir?: { readonly user: string; readonly text: string }
  readonly freeOfFee?: boolean
}

export interface SideOfTrade {
  readonly order: Order
  readonly px: Decimal
  readonly sz: Decimal
  readonly crossed: boolean
  readonly tid: number
  readonly nature: TradeNature
}

/** Books the trade's side for the order's owner and returns the row (undefined for the market maker, who keeps no rows). */
export function bookFill(state: VenueState, coin: CoinState, side: SideOfTrade): Fill | undefined {
  const { order, px, sz } = side
  const account = accountOf(state, order.user)
  const position = positionFor(account, coin)
  const before = position.szi
  const change = applyToHolding(position, order.isBuy, px, sz, coin.instrument.szDecimals)
  const notional = px.times(sz)
  const isolatedChange = isolatedMarginChange(account, position, change, px)
  position.szi = change.szi
  position.cost = change.cost
  position.isolatedMargin = position.isolatedMargin.plus(isolatedChange)
  position.cumFundingSinceChange = ZERO
  const flipped = !change.openedSz.isZero() && !change.closedSz.isZero()
  if (before.isZero() || flipped) position.cumFundingSinceOpen = ZERO
  order.filledSz = order.filledSz.plus(sz)
  order.filledNotional = order.filledNotional.plus(notional)
  if (account.kind === 'house') return undefined
  if (change.szi.isZero()) coin.holders.delete(account.address)
  else coin.holders.add(account.address)
  const fees = feesOf(state, side, notional)
  account.cash = account.cash.plus(change.closedPnl).minus(fees.total)
  account.volume = account.volume.plus(notional)
  const fill = fillRow(state, side, before, change, fees)
  account.fills.push(fill)
  emit(state, () => ({ type: 'fill', user: account.address, fill }))
  touchAccount(state, account.address)
  return fill
}

function positionFor(account: AccountState, coin: CoinState): Position {
  const name = coin.instrument.name
  let position = account.positions.get(name)
  if (position === undefined) {
    position = newPosition(coin.instrument)
    account.positions.set(name, position)
  }
  return position
}

/** Opening sets notional / leverage apart; closing gives back the closed share. Only isolated positions set anything apart. */
function isolatedMarginChange(account: AccountState, position: Position, change: HoldingChange, px: Decimal): Decimal {
  const leverage = leverageOf(account, position.instrument)
  if (leverage.isCross || account.kind === 'house') return position.isolatedMargin.neg()
  const opened = truncateUsd(change.openedSz.times(px).div(leverage.value))
  if (change.closedSz.isZero()) return opened
  const released = change.closedSz.eq(position.szi.abs())
    ? position.isolatedMargin
    : truncateUsd(position.isolatedMargin.times(change.closedSz).div(position.szi.abs()))
  return opened.minus(released)
}

interface Fees {
  readonly total: Decimal
  readonly builder: Decimal
}

function feesOf(state: VenueState, side: SideOfTrade, notional: Decimal): Fees {
  if (side.nature.freeOfFee === true) return { total: ZERO, builder: ZERO }
  const rate = side.crossed ? state.takerFee : state.makerFee
  const tenths = side.order.builder?.feeTenthsBps ?? 0
  const builder = tenths === 0 ? ZERO : truncateUsd(notional.times(tenths).div(100_000))
  return { total: truncateUsd(notional.times(rate)).plus(builder), builder }
}

function fillRow(state: VenueState, side: SideOfTrade, before: Decimal, change: HoldingChange, fees: Fees): Fill {
  const { order, nature } = side
  return {
    coin: order.instrument.name,
    px: toDecimalString(side.px),
    sz: toDecimalString(side.sz),
    side: order.isBuy ? 'B' : 'A',
    time: state.time,
    startPosition: toDecimalString(before),
    dir: nature.dir?.user === order.user ? nature.dir.text : change.dir,
    closedPnl: toDecimalString(change.closedPnl),
    hash: currentHash(state),
    oid: order.oid,
    crossed: side.crossed,
    fee: toDecimalString(fees.total),
    tid: side.tid,
    feeToken: 'USDC',
    ...(order.cloid === null ? {} : { cloid: order.cloid }),
    ...(fees.builder.isZero() ? {} : { builderFee: toDecimalString(fees.builder) }),
    twapId: null,
    ...(nature.liquidation === undefined ? {} : { liquidation: nature.liquidation }),
  }
}
