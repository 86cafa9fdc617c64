/** What records of operators' actions say, as the checks ask them. Pure. */
import { controlIdOf } from '#domain/control.ts'
import type { Action, VerbName } from '#domain/operator/action.ts'
import type { AuditRow } from '#domain/records.ts'
import type { AccountEvidence, Evidence, OperatorAct } from '../evidence.ts'
import type { Breach } from './breach.ts'

/** What an action was about. */
export interface Target {
  readonly account?: string
  readonly instrument?: string
}

/** The target that a record names. */
export function targetOf({ inputs }: Pick<AuditRow, 'inputs'>): Target {
  return inputs['target'] ?? {}
}

/** A stretch of time during which something was forbidden, by the clocks of whoever said so, ms. */
export interface Span {
  readonly from: number
  /** Infinity: to the end. */
  readonly to: number
  /** Who asked for it and how. */
  readonly what: string
}

/** Spans that records of one chain begin and end; they are in the order of the chain. */
export function spansOf(
  chain: readonly AuditRow[],
  begins: (record: AuditRow) => boolean,
  ends: (record: AuditRow) => boolean,
): Span[] {
  const spans: Span[] = []
  let open: AuditRow | null = null
  for (const record of chain) {
    if (open === null && begins(record)) open = record
    else if (open !== null && ends(record)) {
      spans.push(spanOf(open, record.at))
      open = null
    }
  }
  return open === null ? spans : [...spans, spanOf(open, Infinity)]
}

function spanOf({ at, decision, subject, actor }: AuditRow, to: number): Span {
  return { from: at, to, what: `${decision} of ${subject} by ${actor} at ${at}` }
}

/** When new exposure of a strategy at an account was forbidden by its switches or the account's state. */
export function forbiddenTo({ id, strategy }: Pick<AccountEvidence, 'id' | 'strategy'>, { book }: Evidence): Span[] {
  const scopes = [{ kind: 'all' }, { kind: 'account', account: id }, { kind: 'strategy', strategy }] as const
  const halted = scopes.flatMap((scope) =>
    spansOf(
      book.records.filter(({ subjectKind, subject }) => subjectKind === 'control' && subject === controlIdOf(scope)),
      ({ decision }) => decision === 'halt',
      ({ decision }) => decision === 'resume',
    ),
  )
  const quarantined = spansOf(
    chainOf(id, book.records),
    ({ decision }) => decision === 'quarantine',
    ({ decision }) => decision === 'release',
  )
  return [...halted, ...quarantined]
}

/** Records about an account, in their order. */
export function chainOf(account: string, records: readonly AuditRow[]): AuditRow[] {
  return records.filter(({ subjectKind, subject }) => subjectKind === 'accounts' && subject === account)
}

/** Endings of an ignoring: by its operator, by the broker, by an adoption. */
const ENDS: ReadonlySet<string> = new Set([
  'ignoring ended: it has changed',
  'ignoring ended: the broker is flat',
  'unignore',
  'adopted',
])

/** Whether the record ends an ignoring there. */
export function endsIgnoring(record: AuditRow, instrument: string): boolean {
  return ENDS.has(record.decision) && isOn(record, instrument)
}

/** When an unexpected position on an instrument was ignored. */
export function ignoredSpans(chain: readonly AuditRow[], instrument: string): Span[] {
  return spansOf(
    chain,
    (record) => record.decision === 'ignore' && targetOf(record).instrument === instrument,
    (record) => endsIgnoring(record, instrument),
  )
}

/** Whether the record is about the instrument, as an operator named it or as a stage found it. */
export function isOn(record: AuditRow, instrument: string): boolean {
  return (targetOf(record).instrument ?? record.inputs['instrument']) === instrument
}

/** Every action that was answered as done has the records it names, and each of them says so. No confirmation is recorded twice. */
export function checkActRecords({ acts, book }: Pick<Evidence, 'acts' | 'book'>): Breach[] {
  const broken = (about: string, what: string): Breach => ({ invariant: 'records-proven', about, what })
  const missing = acts.flatMap((act) =>
    act.records
      .filter((ref) => !book.records.some((record) => isIt(record, ref, act)))
      .map(({ subject, seq }) =>
        broken(`${subject} ${seq}`, `was named as the record of ${act.action.verb}, found none`),
      ),
  )
  const unrecorded = acts
    .filter(({ action, records }) => records.length === 0 && !MAY_DO_NOTHING.has(action.verb))
    .map(({ action, at }) => broken(`${action.verb} ${at}`, 'was done and names no record'))
  const seen = new Map<string, number>()
  for (const { subjectKind, subject, decision, inputs } of book.records) {
    if (inputs['confirmation'] === undefined) continue
    const key = `${decision} of ${subjectKind} ${subject}, confirmed as ${JSON.stringify(inputs['confirmation'])}`
    seen.set(key, (seen.get(key) ?? 0) + 1)
  }
  const doubled = [...seen]
    .filter(([, count]) => count > 1)
    .map(([key, count]) => broken(key, `is recorded ${count} times`))
  return [...missing, ...unrecorded, ...doubled]
}

/** Canceling where nothing is under way; a flatten confirmed again is recorded with its first confirmation. */
const MAY_DO_NOTHING: ReadonlySet<VerbName> = new Set<Action['verb']>(['cancel-orders', 'flatten'])

function isIt(
  { subjectKind, subject, seq, decision, actor }: AuditRow,
  ref: OperatorAct['records'][number],
  { action, by }: OperatorAct,
): boolean {
  return `${subjectKind}.${subject}` === ref.subject && seq === ref.seq && decision === action.verb && actor === by
}
