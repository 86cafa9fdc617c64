/** The queue of scripted faults: finds the fault for a request or event, counts hits, and remembers what it did. */
import type { Fault, FaultMatch, FaultRule, ReadFault, RequestFault, StreamFault } from './fault.ts'
import { seededRandom } from './seeded-random.ts'

/** What is known of a request or event when a fault is looked up. */
export type FaultSubject = {
  readonly [Key in keyof FaultMatch]-?: FaultMatch[Key] | readonly string[]
}

/** A rule as the control endpoint shows it. */
export interface FaultRuleState extends FaultRule {
  readonly id: number
  readonly matches: number
  readonly hits: number
}

const READ_KINDS: ReadonlySet<string> = new Set<ReadFault['kind']>(['stale', 'unknown-oid', 'truncate'])
const STREAM_KINDS: ReadonlySet<string> = new Set<StreamFault['kind']>([
  'duplicate-event',
  'withhold-event',
  'drop-socket',
])

/** A queue of fault rules with a seeded chance. */
export class FaultScript {
  readonly #random: () => number
  readonly #rules: { -readonly [Key in keyof FaultRuleState]: FaultRuleState[Key] }[] = []
  #nextId = 1

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  /** Appends a rule and returns its id. */
  add(rule: FaultRule): number {
    const id = this.#nextId++
    this.#rules.push({ ...rule, id, matches: 0, hits: 0 })
    return id
  }

  /** Removes one rule, or all when no id is given. */
  clear(id?: number): void {
    const kept = id === undefined ? [] : this.#rules.filter((rule) => rule.id !== id)
    this.#rules.splice(0, this.#rules.length, ...kept)
  }

  /** All rules, also the spent ones, with their counts. */
  list(): readonly FaultRuleState[] {
    return this.#rules.map((rule) => ({ ...rule }))
  }

  /** The fault that befalls a request, if any. */
  ofRequest(subject: FaultSubject): RequestFault | undefined {
    return this.#draw(subject, isRequestFault)
  }

  /** The fault that befalls a read's answer, if any. */
  ofRead(subject: FaultSubject): ReadFault | undefined {
    return this.#draw(subject, isReadFault)
  }

  /** The fault that befalls a stream event, if any. */
  ofStream(subject: FaultSubject): StreamFault | undefined {
    return this.#draw(subject, isStreamFault)
  }

  #draw<Kind extends Fault>(subject: FaultSubject, ofKind: (fault: Fault) => fault is Kind): Kind | undefined {
    for (const rule of this.#rules) {
      if (!ofKind(rule.fault)) continue
      if (rule.count !== null && rule.hits >= rule.count) continue
      if (!applies(rule.match, subject)) continue
      rule.matches++
      if (rule.matches <= rule.skip) continue
      if (rule.probability < 1 && this.#random() >= rule.probability) continue
      rule.hits++
      return rule.fault
    }
    return undefined
  }
}

function isReadFault(fault: Fault): fault is ReadFault {
  return READ_KINDS.has(fault.kind)
}

function isStreamFault(fault: Fault): fault is StreamFault {
  return STREAM_KINDS.has(fault.kind)
}

function isRequestFault(fault: Fault): fault is RequestFault {
  return !isReadFault(fault) && !isStreamFault(fault)
}

function applies(match: FaultMatch, subject: FaultSubject): boolean {
  return Object.entries(match).every(([key, wanted]) => {
    if (wanted === undefined) return true
    const seen = subject[key as keyof FaultMatch]
    return typeof seen === 'object' ? seen.includes(wanted) : seen === wanted
  })
}
