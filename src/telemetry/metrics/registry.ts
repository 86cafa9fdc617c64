/** The registry of one process: nothing of it is global, so that two processes in one test share no series. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** What runs; one series with value 1. */
export interface BuildInfo {
  readonly version: string
  readonly mode: 'paper' | 'live'
  /** Stages, `api`, or both. */
  readonly role: 'api' | 'worker' | 'all'
  /** Empty: the accounts without a site. */
  readonly site: string
}

/** Seconds; from a commit on this disk to a venue that takes its time. */
export const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** A registry that knows the process it stands for. */
export function createRegistry(build: BuildInfo): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const info = new Gauge({
    name: 'truebook_build_info',
    help: 'Always 1; what runs here. node is the version of Node.',
    labelNames: ['version', 'mode', 'role', 'site', 'node'],
    registers: [registry],
  })
  info.set({ ...build, node: process.version }, 1)
  return registry
}

/** Values of a gauge that is read when somebody scrapes: labels and value of each series. */
export type Series = readonly (readonly [Readonly<Record<string, string>>, number])[]

/** A gauge that is read when somebody scrapes. */
export interface ScrapedGauge {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  /** Null: nobody knows now; then the series is absent, never 0 and never the last one known. */
  readonly read: () => Promise<Series | null> | Series | null
}

/** Registers gauges that are read at each scrape. */
export function scrapedGauges(registry: Registry, gauges: readonly ScrapedGauge[]): void {
  for (const { name, help, labels = [], read } of gauges) {
    // It registers itself.
    void new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      async collect() {
        const series = await read()
        this.reset()
        // A gauge without labels is 0 after a reset.
        if (labels.length === 0) this.remove()
        for (const [of, value] of series ?? []) this.set(of, value)
      },
    })
  }
}
