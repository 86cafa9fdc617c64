/**
 * What a flatten touches: every position of the book at its target, also one that is still being entered. What the book does not know it
 * never touches, and says so. Pure; without sizes that change while an entry fills, so that a confirmation outlives a fill.
 */
import { exposuresOf } from '../account.ts'
import { firstHalt } from '../control.ts'
import type { AccountId, InstrumentId } from '../ids.ts'
import type { PositionRow } from '../position.ts'
import type { ActionOf } from './action.ts'
import { type Radius, type Refusal, accountsMeant, radiusOf, touched, unknownAccount } from './radius.ts'
import { counted } from './standing.ts'
import { foreignOrdersAt, strangersAt } from './strangers.ts'
import { accountRowIn, type Held, type OperatorView } from './view.ts'

export function flattenRadius(action: ActionOf<'flatten'>, view: OperatorView): Radius | Refusal {
  const refusal = unknownAccount(action.account, view)
  if (refusal !== null) return refusal
  const accounts = accountsMeant(action.account, view)
  const meant = positionsMeant(accounts, action.instrument ?? null, view)
  const positions = meant.filter(({ row }) => row.state !== 'unresolved')
  const unresolved = meant.filter(({ row }) => row.state === 'unresolved')
  return radiusOf(
    accounts,
    [
      ...exitLines(positions.map(({ row }) => row)),
      ...unresolved.map(
        ({ row }) =>
          `Position ${row.positionId} (${row.instrument} at ${row.account}) waits unresolved and is not touched: no order can end it.`,
      ),
      ...untouchedLines(accounts, view),
      ...afterwards(view),
    ],
    {
      positions: touched(positions.map(asPlanned), view),
      strategies: [...new Set(positions.map(({ row }) => row.strategy))].toSorted(),
      orders: positions.reduce((sum, { row }) => sum + restingOf(row), 0),
    },
  )
}

/** Positions at these accounts by the name of an instrument or product; null: all of them. */
function positionsMeant(
  accounts: readonly AccountId[],
  name: InstrumentId | null,
  view: OperatorView,
): Held<PositionRow>[] {
  return view.positions
    .filter(({ row }) => accounts.includes(row.account) && isOn(row, name, view))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function isOn({ account, instrument }: PositionRow, name: InstrumentId | null, view: OperatorView): boolean {
  if (name === null || instrument === name) return true
  const row = accountRowIn(view, account)
  return exposuresOf(row, name).some(([held]) => held === instrument)
}

/** What is being entered is shown as large as it may become. */
export function asPlanned({ id, row }: Held<PositionRow>): Held<PositionRow> {
  return { id, row: row.entrySettled ? row : { ...row, size: row.plannedSize } }
}

function restingOf({ entrySettled, nativeStop }: PositionRow): number {
  return (entrySettled ? 0 : 1) + (nativeStop === null ? 0 : 1)
}

function exitLines(positions: readonly PositionRow[]): string[] {
  if (positions.length === 0) return ['The book holds no position there: no order is sent.']
  const lines = [
    `${counted(positions.length, 'position')} will be closed by reduce-only orders; each exit stays asked for until the broker is flat there, however many orders it takes.`,
    'Their stops come down with them. Halts, quarantine, locks and closed gates hold no exit back; a closed market does until it opens.',
  ]
  const entering = positions.filter(({ entrySettled }) => !entrySettled).length
  if (entering > 0)
    lines.push(
      `${counted(entering, 'position')} of them not entered fully: what has not filled is canceled, what has is closed.`,
    )
  const leaving = positions.filter(({ exit }) => exit !== null).length
  if (leaving > 0) lines.push(`${counted(leaving, 'position')} of them on the way out already: nothing is asked twice.`)
  return lines
}

/** All of them, whatever instrument was named: a product's name does not tell which contracts of it others hold. */
function untouchedLines(accounts: readonly AccountId[], view: OperatorView): string[] {
  return accounts.flatMap((account) => [
    ...strangersAt(account, view).map(
      ({ instrument }) =>
        `An unexpected position on ${instrument} at ${account} is not the book's and is not touched: adopt it first.`,
    ),
    ...foreignOrdersAt(account, view).map(
      (instrument) => `Working orders on ${instrument} at ${account} that are not ours stay where they are.`,
    ),
  ])
}

function afterwards({ controls }: OperatorView): string[] {
  const everything = firstHalt(controls.filter(({ id }) => id === 'global'))
  return everything === null ? ['Entries are not halted by this: new signals may open positions again.'] : []
}
