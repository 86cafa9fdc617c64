/** Acknowledge: somebody has seen an alert. The record stands with the alert's account, or with the switch of everything where it has none. */
import { acknowledgedAlert } from '#domain/alerts.ts'
import { alertEnvelope } from '#domain/envelopes.ts'
import { acknowledgeRadius } from '#domain/operator/asking.ts'
import { owed } from '#workers/writes.ts'
import { recordHolder } from './chain.ts'
import { hurry } from './hurry.ts'
import { recordOf, sealedWithRefs } from './record.ts'
import type { Verb } from './verb.ts'

export const acknowledge: Verb<'acknowledge'> = {
  radius: acknowledgeRadius,
  async perform(action, view, order, { book, queue }) {
    if (view.alert === null) throw new RangeError(`Expected alert ${action.alert} in the view, saw none.`)
    const { id, row, revision } = view.alert
    const { by, at, why } = order
    const next = acknowledgedAlert(row, { by, at, why })
    // Sinks that were told of it are told that somebody has seen it.
    const telling = alertEnvelope(id, row.account, at, next.active ? 'acknowledged' : 'resolved')
    const holder = recordHolder(row.account, view, at)
    const shown = { alertId: id, kind: row.kind, title: row.title }
    const change = {
      before: { ...shown, active: row.active, acknowledged: null },
      after: { ...shown, active: next.active, acknowledged: { by, at, why } },
    }
    const { writes, records } = sealedWithRefs([
      { op: 'replace', kind: 'alerts', id, row: next, revision },
      holder.write,
      ...owed([telling], at),
      recordOf(action, holder.about, change, order),
    ])
    await book.commit(writes)
    const later = await hurry(queue, telling)
    const detail = next.active ? 'acknowledged; it stands until its cause ends.' : 'acknowledged and ended.'
    return { detail: `${row.title}: ${detail}${later}`, records, keys: [] }
  },
}
