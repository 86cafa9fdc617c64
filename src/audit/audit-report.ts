/** What a verification of the audit records came to. */
import type { AuditSubject } from '#domain/records.ts'

/** One contradiction between the book's rows and its records. */
export interface Contradiction {
  readonly subject: AuditSubject
  /** Id of the first record that does not fit, or of the row that its records contradict. */
  readonly record: string
  readonly problem: string
}

/** Subjects of records, and the ledger rows that their records book. */
export type CheckedKind = AuditSubject['kind'] | 'ledger'

/** Rows that were checked, and the records about them. */
export interface Checked {
  rows: number
  records: number
}

export interface AuditReport {
  /** True only when there is no contradiction and no record without a hash. */
  readonly proven: boolean
  readonly checked: Readonly<Record<CheckedKind, Readonly<Checked>>>
  /** Records of versions before chains: they prove nothing. */
  readonly unchained: number
  /** The first of them that was read. */
  readonly firstUnchained: string | null
  /** The first ones, in the order they were found. */
  readonly contradictions: readonly Contradiction[]
  readonly contradictionsFound: number
}

/** How many contradictions a report names. */
const NAMED_MAX = 100

/** Collects a report while chains are read. */
export class Tally {
  readonly #checked: Record<CheckedKind, Checked> = {
    positions: { rows: 0, records: 0 },
    processed: { rows: 0, records: 0 },
    accounts: { rows: 0, records: 0 },
    programmes: { rows: 0, records: 0 },
    control: { rows: 0, records: 0 },
    ledger: { rows: 0, records: 0 },
  }
  readonly #contradictions: Contradiction[] = []
  #found = 0
  /** One subject id may stand for several rows, which then share such records. */
  readonly #unchained = new Set<string>()

  count(kind: CheckedKind, records: number): void {
    this.#checked[kind].rows += 1
    this.#checked[kind].records += records
  }

  unchained(records: readonly string[]): void {
    for (const record of records) this.#unchained.add(record)
  }

  contradiction(subject: AuditSubject, record: string, problem: string): void {
    this.#found += 1
    if (this.#contradictions.length < NAMED_MAX) this.#contradictions.push({ subject, record, problem })
  }

  report(): AuditReport {
    return {
      proven: this.#found === 0 && this.#unchained.size === 0,
      checked: this.#checked,
      unchained: this.#unchained.size,
      firstUnchained: this.#unchained.values().next().value ?? null,
      contradictions: this.#contradictions,
      contradictionsFound: this.#found,
    }
  }
}
