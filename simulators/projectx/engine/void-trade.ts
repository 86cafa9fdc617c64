/**
 * Voids a trade, or takes that back: position, later half-turns and balance become what they would be without it (reference
 * C4: drop `voided` trades). The order keeps its fill volume, and every trade row its id, size and price.
 */
import { type Decimal, ZERO } from '#domain/decimal.ts'
import { SIDE } from './codes.ts'
import { announcePosition, newPosition } from './fill.ts'
import { balanceEffect, gain } from './money.ts'
import { applyFill, type HalfTurn } from './position.ts'
import { tradeRow } from './rows.ts'
import type { AccountState, Trade, VenueState } from './state.ts'
import { emit, touch, whom } from './step.ts'

/** Sets the flag of a trade and everything that follows from it. */
export function setVoided(state: VenueState, account: AccountState, trade: Trade, voided: boolean): void {
  if (trade.voided === voided) return
  trade.voided = voided
  const signed = signedSize(trade)
  trade.contract.house += voided ? signed : -signed
  const changed = rebuild(state, account, trade)
  account.balance = account.trades.reduce((sum, each) => sum.plus(balanceEffect(each)), account.deposits)
  for (const each of changed)
    emit(state, {
      type: 'trade',
      change: 1,
      account: whom(account),
      tag: each.order.customTag,
      row: tradeRow(account, each),
    })
  touch(state, account)
}

/** Plays the trades of the contract again. Returns those whose row is another now, the voided one first. */
function rebuild(state: VenueState, account: AccountState, voided: Trade): readonly Trade[] {
  const { contract } = voided
  const before = account.positions.get(contract.spec.id)
  const position = { ...(before ?? newPosition(state, contract)), signed: 0, average: ZERO, lots: [] }
  const changed = [voided]
  for (const trade of account.trades) {
    if (trade.contract !== contract || trade.voided) continue
    const turns = applyFill(position, signedSize(trade), trade.price)
    const pnl = pnlOf(trade, turns)
    const isSame = pnl === null ? trade.pnl === null : trade.pnl !== null && pnl.eq(trade.pnl)
    if (isSame) continue
    trade.pnl = pnl
    if (trade !== voided) changed.push(trade)
  }
  if (before !== undefined || position.signed !== 0) {
    account.positions.set(contract.spec.id, position)
    announcePosition(state, account, position)
  }
  return changed
}

/** Null when it closes nothing. */
function pnlOf(trade: Trade, turns: readonly HalfTurn[]): Decimal | null {
  const { product } = trade.contract.spec
  const direction = trade.side === SIDE.buy ? -1 : 1
  let pnl: Decimal | null = null
  for (const { size, opened } of turns) {
    if (opened !== null) pnl = (pnl ?? ZERO).plus(gain(product, direction * size, opened, trade.price))
  }
  return pnl
}

function signedSize({ side, size }: Trade): number {
  return side === SIDE.buy ? size : -size
}
