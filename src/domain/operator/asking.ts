/** What a sweep on demand and an acknowledgement touch: no position and no order. */
import { ALERT_KINDS } from '../alert-kinds.ts'
import { isAcknowledged } from '../alerts.ts'
import type { ActionOf } from './action.ts'
import { type Radius, type Refusal, accountsMeant, radiusOf, unknownAccount } from './radius.ts'
import type { OperatorView } from './view.ts'

export function sweepRadius({ account }: ActionOf<'sweep'>, view: OperatorView): Radius | Refusal {
  const refusal = unknownAccount(account, view)
  if (refusal !== null) return refusal
  const whom = account === '*' ? 'every account' : account
  return radiusOf(accountsMeant(account, view), [
    `Broker and book of ${whom} are compared, both ways, and what is owed is queued again.`,
    'It may book what fills prove, lock entries and raise alerts; it places and closes nothing by itself.',
  ])
}

export function acknowledgeRadius({ alert: id }: ActionOf<'acknowledge'>, { alert }: OperatorView): Radius | Refusal {
  if (alert === null) return { refused: 'not_found', message: `There is no alert ${id}.` }
  const { row } = alert
  if (isAcknowledged(row)) {
    const by = row.acknowledged?.by ?? 'somebody'
    return { refused: 'conflict', message: `Expected an alert that nobody has acknowledged, saw that ${by} has.` }
  }
  if (!row.active) {
    return { refused: 'conflict', message: `Expected an alert that stands, saw that ${id} has ended by itself.` }
  }
  const ends = ALERT_KINDS[row.kind].ends === 'acknowledged'
  return radiusOf(row.account === '*' ? [] : [row.account], [
    `${row.severity} ${row.kind}: ${row.title}`,
    ends
      ? 'It tells of something that has happened: it ends now.'
      : 'It tells of something that stands: it is not repeated any more, and ends when its cause ends.',
    'Locks and gates stay as they are.',
  ])
}
