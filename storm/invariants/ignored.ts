/** An ignored position is told once: not again while it is exactly what was ignored. Pure. */
import { signedSize } from '#domain/comparison.ts'
import type { IgnoredPosition } from '#domain/account.ts'
import type { AuditRow, Finding } from '#domain/records.ts'
import type { Evidence } from '../evidence.ts'
import type { Breach } from './breach.ts'
import { chainOf, endsIgnoring, ignoredSpans, targetOf } from './records.ts'

/** Clocks of two processes differ by less, ms. */
const CLOCKS_MS = 1_000

export function checkIgnored({ accounts, book }: Evidence): Breach[] {
  return accounts.flatMap(({ id }) => {
    const chain = chainOf(id, book.records)
    const ignorings = chain.filter(({ decision }) => decision === 'ignore')
    const instruments = new Set(ignorings.map((record) => targetOf(record).instrument ?? ''))
    const spans = [...instruments].flatMap((name) => ignoredSpans(chain, name).map((span) => ({ ...span, name })))
    const again = spans.flatMap(({ from, to, name }) =>
      book.alerts
        .filter(
          ({ kind, account, instrument }) => kind === 'unexpected-position' && account === id && instrument === name,
        )
        .filter(({ raisedAt }) => raisedAt > from + CLOCKS_MS && raisedAt < to - CLOCKS_MS)
        .map(({ raisedAt }) => broken(`${id} ${name}`, `was told at ${raisedAt}; it was ignored from ${from} on`)),
    )
    return [...again, ...ignorings.flatMap((record) => foundAgain(record, chain))]
  })
}

/** By the order of the chain, whatever clocks say: found once more as what it was when it was ignored. */
function foundAgain(ignoring: AuditRow, chain: readonly AuditRow[]): Breach[] {
  const { after } = ignoring.inputs as { readonly after?: { readonly ignored?: IgnoredPosition } }
  const name = targetOf(ignoring).instrument ?? ''
  if (after?.ignored === undefined) return []
  const size = signedSize(after.ignored)
  const later = chain.filter(({ seq }) => seq > ignoring.seq)
  const end = later.find((record) => endsIgnoring(record, name))?.seq ?? Infinity
  return later
    .filter(({ seq, decision }) => seq < end && decision === 'found unexpected-position')
    .map(({ inputs }) => inputs['finding'] as Finding)
    .filter(({ instrument, broker }) => instrument === name && size.eq(broker))
    .map(({ broker }) => broken(`${ignoring.subject} ${name}`, `was found again as ${broker} while it was ignored`))
}

function broken(about: string, what: string): Breach {
  return { invariant: 'alerts', about, what }
}
