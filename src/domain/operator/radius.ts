/**
 * The blast radius of an action: whom and what it touches, in numbers and in sentences. A function of rows alone, so that it can be worked
 * out again before the action is executed: what is executed is what was shown. It holds no ages and no clock for the same reason.
 */
import type { AccountRow } from '../account.ts'
import { type DecimalString, ZERO, decimal, toDecimalString } from '../decimal.ts'
import type { AccountId, InstrumentId, PositionId } from '../ids.ts'
import type { PositionRow, PositionSide } from '../position.ts'
import { accountRowIn, type Held, type OperatorView } from './view.ts'

export interface TouchedPosition {
  readonly positionId: PositionId
  readonly account: AccountId
  readonly instrument: InstrumentId
  readonly side: PositionSide
  readonly size: DecimalString
  /** Order value in USD at the price of the entry; null where the book does not know it. */
  readonly notionalUsd: DecimalString | null
}

export interface Radius {
  readonly accounts: readonly AccountId[]
  readonly strategies: readonly string[]
  /** Positions that the action itself changes. */
  readonly positions: readonly TouchedPosition[]
  /** Working orders that the action itself ends. */
  readonly orders: number
  /** Of the positions together; null where one of them is not known, or none is touched. */
  readonly notionalUsd: DecimalString | null
  /** What will happen, in plain sentences. */
  readonly lines: readonly string[]
  /** What stands against it, one sentence each: it is told, and the decision stays with whoever confirms. */
  readonly against: readonly string[]
}

/** Why an action cannot be asked for in this world. */
export interface Refusal {
  readonly refused: 'invalid' | 'not_found' | 'conflict'
  readonly message: string
}

/** A radius that touches no position and no order. */
export function radiusOf(
  accounts: readonly AccountId[],
  lines: readonly string[],
  more: Partial<Omit<Radius, 'accounts' | 'lines'>> = {},
): Radius {
  const positions = more.positions ?? []
  return {
    accounts,
    strategies: [],
    orders: 0,
    against: [],
    notionalUsd: notionalOf(positions),
    lines,
    ...more,
    positions,
  }
}

/** Positions as a radius shows them. The reservation of the account knows what a contract is worth. */
export function touched(positions: readonly Held<PositionRow>[], view: OperatorView): TouchedPosition[] {
  return positions.map(({ row }) => {
    const account = accountRowIn(view, row.account)
    const { positionId, instrument, side, size } = row
    return { positionId, account: row.account, instrument, side, size, notionalUsd: valueOf(row, account) }
  })
}

function valueOf(row: PositionRow, account: AccountRow | undefined): DecimalString | null {
  const reserved = account?.exposures[row.instrument]
  if (reserved === undefined || reserved.positionId !== row.positionId || decimal(reserved.size).isZero()) return null
  const value = decimal(reserved.notional).times(row.size).div(reserved.size)
  return toDecimalString(value.toDecimalPlaces(CENTS))
}

const CENTS = 2

function notionalOf(positions: readonly TouchedPosition[]): DecimalString | null {
  let sum = ZERO
  for (const { notionalUsd } of positions) {
    if (notionalUsd === null) return null
    sum = sum.plus(notionalUsd)
  }
  return positions.length === 0 ? null : toDecimalString(sum)
}

/** The refusal of an account that this installation does not have; null when it has it, or all are meant. */
export function unknownAccount(account: AccountId, view: OperatorView): Refusal | null {
  if (account === '*' || view.accounts.some((entry) => entry.account === account)) return null
  const expected = view.accounts.map((entry) => entry.account).join(', ')
  return { refused: 'invalid', message: `account: expected one of ${expected}, saw "${account}".` }
}

/** The accounts that are meant: all of the configuration, or the one. */
export function accountsMeant(account: AccountId, view: OperatorView): readonly AccountId[] {
  return account === '*' ? view.accounts.map((entry) => entry.account) : [account]
}
