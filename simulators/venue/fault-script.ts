/** The queue of scripted faults: finds the fault for a request or event, counts hits, and remembers what it did. */
import type { RequestFault, StreamFault } from './faults.ts'
import { seededRandom } from './seeded-random.ts'

/** A rule of one venue: its own match fields, its own faults of reads. */
export interface ScriptedRule {
  readonly match: object
  readonly fault: { readonly kind: string }
  readonly skip: number
  readonly count: number | null
  readonly probability: number
}

/** What is known of a request or event when a fault is looked up: every field a rule may match, one value or several. */
export type FaultSubject<Match> = {
  readonly [Key in keyof Match]-?: Match[Key] | readonly string[]
}

/** A rule as the control endpoint shows it. */
export type FaultRuleState<Rule> = Rule & { readonly id: number; readonly matches: number; readonly hits: number }

type ReadFaultOf<Rule extends ScriptedRule> = Exclude<Rule['fault'], RequestFault | StreamFault>

const REQUEST_KINDS: ReadonlySet<string> = new Set<RequestFault['kind']>([
  'lose-request',
  'lose-response',
  'error-after-commit',
  'error',
  'rate-limit',
  'delay',
  'hang',
  'garbage',
])
const STREAM_KINDS: ReadonlySet<string> = new Set<StreamFault['kind']>([
  'duplicate-event',
  'withhold-event',
  'drop-socket',
])

/** A queue of fault rules with a seeded chance. Kinds that are neither a request's nor a stream's are faults of reads. */
export class FaultScript<Rule extends ScriptedRule> {
  readonly #random: () => number
  readonly #rules: { readonly rule: Rule; readonly id: number; matches: number; hits: number }[] = []
  #nextId = 1

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  /** Appends a rule and returns its id. */
  add(rule: Rule): number {
    const id = this.#nextId++
    this.#rules.push({ rule, id, matches: 0, hits: 0 })
    return id
  }

  /** Removes one rule, or all when no id is given. */
  clear(id?: number): void {
    const kept = id === undefined ? [] : this.#rules.filter((entry) => entry.id !== id)
    this.#rules.splice(0, this.#rules.length, ...kept)
  }

  /** All rules, also the spent ones, with their counts. */
  list(): readonly FaultRuleState<Rule>[] {
    return this.#rules.map(({ rule, id, matches, hits }) => ({ ...rule, id, matches, hits }))
  }

  /** The fault that befalls a request, if any. */
  ofRequest(subject: FaultSubject<Rule['match']>): RequestFault | undefined {
    return this.#draw(subject, (kind) => REQUEST_KINDS.has(kind)) as RequestFault | undefined
  }

  /** The fault that befalls a read's answer, if any. */
  ofRead(subject: FaultSubject<Rule['match']>): ReadFaultOf<Rule> | undefined {
    return this.#draw(subject, (kind) => !REQUEST_KINDS.has(kind) && !STREAM_KINDS.has(kind)) as
      | ReadFaultOf<Rule>
      | undefined
  }

  /** The fault of one of the given kinds that befalls a request, if any; for faults that only one venue knows. */
  ofKinds<Kind extends Rule['fault']['kind']>(
    subject: FaultSubject<Rule['match']>,
    kinds: readonly Kind[],
  ): Extract<Rule['fault'], { readonly kind: Kind }> | undefined {
    return this.#draw(subject, (kind) => (kinds as readonly string[]).includes(kind)) as
      | Extract<Rule['fault'], { readonly kind: Kind }>
      | undefined
  }

  /** The fault that befalls a stream event, if any. */
  ofStream(subject: FaultSubject<Rule['match']>): StreamFault | undefined {
    return this.#draw(subject, (kind) => STREAM_KINDS.has(kind)) as StreamFault | undefined
  }

  #draw(subject: object, ofKind: (kind: string) => boolean): Rule['fault'] | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry
      if (!ofKind(rule.fault.kind)) continue
      if (rule.count !== null && entry.hits >= rule.count) continue
      if (!applies(rule.match, subject)) continue
      entry.matches++
      if (entry.matches <= rule.skip) continue
      if (rule.probability < 1 && this.#random() >= rule.probability) continue
      entry.hits++
      return rule.fault
    }
    return undefined
  }
}

function applies(match: object, subject: object): boolean {
  return Object.entries(match).every(([key, wanted]) => {
    if (wanted === undefined) return true
    const seen = (subject as Readonly<Record<string, unknown>>)[key]
    return Array.isArray(seen) ? seen.includes(wanted) : seen === wanted
  })
}
