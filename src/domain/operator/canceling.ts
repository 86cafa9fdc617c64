/** What canceling orders touches: entries of ours that are on their way or rest at the venue. Stops and exits are never among them. Pure. */
import type { PositionRow } from '../position.ts'
import type { ActionOf } from './action.ts'
import { asPlanned } from './flattening.ts'
import { type Radius, type Refusal, accountsMeant, radiusOf, touched, unknownAccount } from './radius.ts'
import { counted } from './standing.ts'
import { foreignOrdersAt } from './strangers.ts'
import type { Held, OperatorView } from './view.ts'

export function cancelOrdersRadius(action: ActionOf<'cancel-orders'>, view: OperatorView): Radius | Refusal {
  const refusal = unknownAccount(action.account, view)
  if (refusal !== null) return refusal
  const accounts = accountsMeant(action.account, view)
  const entries = entriesMeant(action, view)
  const foreign = accounts.flatMap((account) =>
    foreignOrdersAt(account, view).map(
      (instrument) => `Working orders on ${instrument} at ${account} that are not ours stay: cancel them at the venue.`,
    ),
  )
  const ours =
    entries.length === 0
      ? ['No entry of ours is under way there: nothing is canceled.']
      : [
          `${counted(entries.length, 'entry order')} will be canceled: one that was not sent never is, one that rests comes down.`,
          'What has filled by then stays a position, with its stop and everything else that was asked for it.',
        ]
  return radiusOf(accounts, [...ours, 'Stops and exits stay.', ...foreign], {
    positions: touched(entries.map(asPlanned), view),
    strategies: [...new Set(entries.map(({ row }) => row.strategy))].toSorted(),
    orders: entries.length,
  })
}

/** Entries that have not ended and that nobody has canceled yet, by this or by an exit. */
export function entriesMeant<Row extends Held<PositionRow>>(
  { account }: ActionOf<'cancel-orders'>,
  { positions, accounts }: { readonly positions: readonly Row[] } & Pick<OperatorView, 'accounts'>,
): Row[] {
  const known = new Set(accounts.map((entry) => entry.account))
  return positions
    .filter(({ row }) => known.has(row.account) && (account === '*' || row.account === account))
    .filter(({ row }) => !row.entrySettled && row.exit === null && row.cancelEntry === undefined)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
