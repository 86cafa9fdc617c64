/** The configuration as the programme uses it: typed, frozen, paths absolute, secrets only as references to their place. */
import { dirname, resolve } from 'node:path'
import { type AccountConfig, accountFrom } from './account.ts'
import { type AlertsConfig, alertsFrom, type WatchdogConfig, watchdogFrom } from './alerts.ts'
import type { ConfigFile } from './file-schema.ts'
import { type PubsubConfig, pubsubFrom } from './pubsub.ts'
import { type HttpConfig, httpFrom } from './http.ts'
import type { SecretRef } from './secret.ts'
import { type MetricsConfig, metricsFrom, type TracingConfig, tracingFrom } from './telemetry.ts'

/** Everything an operator decides. `operatorToken` null: Truebook makes one in `dataDir` at the first start. */
export interface Config {
  /** Absolute path of the file it came from. */
  readonly file: string
  readonly mode: 'paper' | 'live'
  readonly dataDir: string
  /** Neither url nor urlSecret: a private Redis in `dataDir`. */
  readonly redis: { readonly url: string | null; readonly urlSecret: SecretRef | null; readonly prefix: string }
  readonly book: BookConfig
  readonly http: HttpConfig
  /** Added to the wall clock, ms; 0 unless every account is at a simulator on this machine. */
  readonly clockOffsetMs: number
  readonly sweep: { readonly everyMs: number }
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' }
  readonly alerts: AlertsConfig
  readonly watchdog: WatchdogConfig
  readonly metrics: MetricsConfig
  readonly tracing: TracingConfig
  readonly pubsub: PubsubConfig | null
  readonly accounts: readonly AccountConfig[]
}

export type BookConfig =
  | { readonly type: 'embedded'; readonly file: string }
  | {
      readonly type: 'firestore'
      readonly projectId: string
      readonly databaseId: string | null
      readonly prefix: string
    }

/** Turns a validated file into the configuration; relative paths start at the file's own folder. */
export function configFrom(content: ConfigFile, file: string): Config {
  const path = (text: string): string => resolve(dirname(file), text)
  const secret = (fileName: string | undefined, variable: string | undefined): SecretRef | null => {
    if (fileName !== undefined) return { kind: 'file', path: path(fileName) }
    return variable === undefined ? null : { kind: 'env', name: variable }
  }
  const dataDir = path(content.data_dir)
  return deepFreeze({
    file,
    mode: content.mode,
    dataDir,
    redis: {
      url: content.redis.url ?? null,
      urlSecret: secret(content.redis.url_file, content.redis.url_env),
      prefix: content.redis.prefix,
    },
    book: bookFrom(content.book, dataDir, path),
    http: httpFrom(content.http, { path, secret }),
    clockOffsetMs: content.clock_offset_ms,
    sweep: { everyMs: content.sweep.every_ms },
    log: content.log,
    alerts: alertsFrom(content.alerts, secret),
    watchdog: watchdogFrom(content.watchdog),
    metrics: metricsFrom(content.metrics, secret),
    tracing: tracingFrom(content.tracing, secret),
    pubsub: pubsubFrom(content.pubsub, content.http.signal_tokens),
    accounts: content.accounts.map((account) => accountFrom(account, { path, secret })),
  })
}

function bookFrom(book: ConfigFile['book'], dataDir: string, path: (text: string) => string): BookConfig {
  if (book.type === 'embedded') return { type: 'embedded', file: path(book.file ?? `${dataDir}/book.sqlite`) }
  return { type: 'firestore', projectId: book.project_id, databaseId: book.database_id ?? null, prefix: book.prefix }
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    Object.values(value).forEach((member) => deepFreeze(member))
    Object.freeze(value)
  }
  return value
}
