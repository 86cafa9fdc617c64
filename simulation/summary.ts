/** What many runs came to, for people and for machines. */
import type { Report } from './runner.ts'
import { nameOf } from './task.ts'

export interface Summary {
  readonly runs: number
  readonly seconds: number
  readonly seedsPerSecond: number
  readonly events: number
  readonly boundaries: number
  readonly deaths: number
  readonly counts: Readonly<Record<string, number>>
  /** Runs that broke a promise, and how to see each again. */
  readonly failures: readonly { readonly again: string; readonly what: readonly string[] }[]
}

export class Tally {
  #runs = 0
  #events = 0
  #boundaries = 0
  #deaths = 0
  readonly #counts = new Map<string, number>()
  readonly #failures: { readonly again: string; readonly what: readonly string[] }[] = []

  /** Takes a report in; answers what was wrong with it. */
  add(report: Report): readonly string[] {
    this.#runs += 1
    const what = wrongWith(report)
    if (what.length > 0) this.#failures.push({ again: nameOf(report.task), what })
    if ('outcome' in report) {
      const { events, boundaries, deaths, counts } = report.outcome
      this.#events += events
      this.#boundaries += boundaries
      this.#deaths += deaths
      for (const [name, count] of Object.entries(counts)) {
        this.#counts.set(name, (this.#counts.get(name) ?? 0) + count)
      }
    }
    return what
  }

  summary(ms: number): Summary {
    return {
      runs: this.#runs,
      seconds: Math.round(ms / 1000),
      seedsPerSecond: Number((this.#runs / (ms / 1000)).toFixed(1)),
      events: this.#events,
      boundaries: this.#boundaries,
      deaths: this.#deaths,
      counts: Object.fromEntries(this.#counts),
      failures: this.#failures,
    }
  }
}

function wrongWith(report: Report): readonly string[] {
  if ('failure' in report) return [report.failure]
  return report.outcome.breaches.map(({ invariant, about, what }) => `${invariant}: ${about} ${what}`)
}

export function textOf({
  runs,
  seconds,
  seedsPerSecond,
  events,
  boundaries,
  deaths,
  counts,
  failures,
}: Summary): string {
  const happened = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
  return [
    `${runs} worlds in ${seconds} s (${seedsPerSecond} a second): ${events} events, ${boundaries} boundaries, ${deaths} deaths`,
    happened.join(', '),
    failures.length === 0 ? 'every promise was kept in all of them' : `${failures.length} worlds broke a promise`,
    '',
  ].join('\n')
}
