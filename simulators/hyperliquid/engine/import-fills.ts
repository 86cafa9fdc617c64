/**
 * Recorded fills of the outside world become an account's history: they are served as they are, the position is what the last row of each
 * coin leaves, and unknown coins are listed. Money follows the rows; should that leave the account under-funded, a deposit
 * before the first row makes up for it, so that nobody is liquidated for a history that lacks its deposits.
 */
import { Decimal, ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import { ensureAccount, newPosition } from './account.ts'
import { listInstrument } from './create-state.ts'
import { marginFigures } from './margin.ts'
import { VenueControlError } from '#simulators/venue/control-command.ts'
import type { FillImport } from './operator-controls.ts'
import { applyToHolding, type Holding } from './position.ts'
import type { Fill } from './record.ts'
import type { AccountState, CoinState, VenueState } from './state.ts'
import { currentHash, touchAccount } from './step.ts'

const IMPORTED_MAX_LEVERAGE = 10

/** Rows of spot pairs (`@107`, `PURR/USDC`) are history only. */
function isSpot(coin: string): boolean {
  return coin.startsWith('@') || coin.includes('/')
}

/** @throws VenueControlError when rows are out of time order, or the account already holds one of the coins */
export function importFills(state: VenueState, batch: FillImport): void {
  const account = ensureAccount(state, batch.user)
  checkOrder(batch.fills)
  const byCoin = Map.groupBy(batch.fills, (fill) => fill.coin)
  for (const [name, rows] of byCoin) {
    if (!isSpot(name)) takeOver(state, account, name, rows)
  }
  for (const fill of batch.fills) {
    state.nextOid = Math.max(state.nextOid, fill.oid + 1)
    if (isSpot(fill.coin)) continue
    account.cash = account.cash.plus(fill.closedPnl).minus(fill.fee)
    account.volume = account.volume.plus(decimal(fill.px).times(fill.sz))
  }
  const merged = [...batch.fills, ...account.fills].toSorted((left, right) => left.time - right.time)
  account.fills.splice(0, account.fills.length, ...merged)
  fundHistory(state, account, batch.fills[0]?.time ?? state.time)
  touchAccount(state, account.address)
}

function checkOrder(fills: readonly Fill[]): void {
  let last = Number.NEGATIVE_INFINITY
  for (const { time, coin, tid } of fills) {
    if (time < last) {
      throw new VenueControlError(`Expected fills oldest first, saw ${coin} tid ${tid} at ${time} after ${last}.`)
    }
    last = time
  }
}

function takeOver(state: VenueState, account: AccountState, name: string, rows: readonly Fill[]): void {
  const coin = state.coins.get(name) ?? listFrom(state, name, rows)
  const position = account.positions.get(name) ?? newPosition(coin.instrument)
  if (!position.szi.isZero()) {
    throw new VenueControlError(
      `Expected ${account.address} to be flat in ${name} before an import, saw ${toDecimalString(position.szi)}; import first, trade after.`,
    )
  }
  let holding: Holding = { szi: ZERO, cost: ZERO }
  for (const row of rows) {
    const start = decimal(row.startPosition)
    if (!start.eq(holding.szi)) holding = { szi: start, cost: impliedCost(row, start) }
    const { szDecimals } = coin.instrument
    holding = applyToHolding(holding, row.side === 'B', decimal(row.px), decimal(row.sz), szDecimals)
  }
  position.szi = holding.szi
  position.cost = holding.cost
  account.positions.set(name, position)
  if (!holding.szi.isZero()) coin.holders.add(account.address)
  const opposite = state.house.positions.get(name) ?? newPosition(coin.instrument)
  opposite.szi = opposite.szi.minus(holding.szi)
  state.house.positions.set(name, opposite)
}

/** What the position before a gap must have cost: a closing row tells its entry price, an opening one does not. */
function impliedCost(row: Fill, start: Decimal): Decimal {
  const closes = !start.isZero() && start.isNegative() === (row.side === 'B')
  const closed = Decimal.min(decimal(row.sz), start.abs())
  const pnlPerUnit = closes ? decimal(row.closedPnl).div(closed) : ZERO
  const entry = start.isNegative() ? decimal(row.px).plus(pnlPerUnit) : decimal(row.px).minus(pnlPerUnit)
  return entry.times(start.abs()).toDecimalPlaces(6)
}

function listFrom(state: VenueState, name: string, rows: readonly Fill[]): CoinState {
  const szDecimals = Math.max(
    ...rows.flatMap(({ sz, startPosition }) => [decimal(sz).decimalPlaces(), decimal(startPosition).decimalPlaces()]),
  )
  const markPx = rows.at(-1)?.px ?? '1'
  listInstrument(state, { name, szDecimals, maxLeverage: IMPORTED_MAX_LEVERAGE, markPx })
  const coin = state.coins.get(name)
  if (coin === undefined) throw new VenueControlError(`Expected ${name} to be listed by the import.`)
  return coin
}

/** Tops the account up to twice the notional it holds. */
function fundHistory(state: VenueState, account: AccountState, time: number): void {
  const figures = marginFigures(state, account)
  const missing = figures.notional.times(2).minus(figures.accountValue)
  if (missing.lte(0)) return
  const usdc = missing.toDecimalPlaces(6, Decimal.ROUND_UP)
  account.cash = account.cash.plus(usdc)
  account.updates.unshift({
    time: Math.min(time, account.updates[0]?.time ?? time),
    hash: currentHash(state),
    delta: { type: 'deposit', usdc: toDecimalString(usdc) },
    effect: toDecimalString(usdc),
  })
}
