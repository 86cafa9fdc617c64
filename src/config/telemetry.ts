/** What the configuration says about metrics and traces, as the programme uses it. */
import type { z } from 'zod'
import type { SecretRef } from './secret.ts'
import type { metricsSchema, tracingSchema } from './telemetry-schema.ts'

/** Where a process serves its metrics. */
export interface MetricsConfig {
  readonly host: string
  /** Null: no listener of its own. */
  readonly port: number | null
  readonly token: SecretRef | null
}

/** Where spans go. `endpoint` null: nothing is traced. */
export interface TracingConfig {
  /** Full address of the collector's trace receiver. */
  readonly endpoint: string | null
  /** `name=value`, separated by commas. */
  readonly headers: SecretRef | null
  readonly sample: number
}

type SecretOf = (fileName: string | undefined, variable: string | undefined) => SecretRef | null

const TRACES_PATH = '/v1/traces'

export function metricsFrom(file: z.output<typeof metricsSchema>, secret: SecretOf): MetricsConfig {
  return { host: file.host, port: file.port ?? null, token: secret(file.token_file, file.token_env) }
}

export function tracingFrom(file: z.output<typeof tracingSchema>, secret: SecretOf): TracingConfig {
  return {
    endpoint: file.endpoint === undefined ? null : receiverOf(file.endpoint),
    headers: secret(file.headers_file, file.headers_env),
    sample: file.sample,
  }
}

/** Collectors are named by their base address; a proxy in front of one may have a path of its own. */
function receiverOf(endpoint: string): string {
  const url = new URL(endpoint)
  if (url.pathname.endsWith(TRACES_PATH)) return url.href
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${TRACES_PATH}`
  return url.href
}
