/**
 * Structured logs, one JSON object a line. Known secret values are cut out of every finished line, whatever field, message
 * or stack they hid in: redaction by path alone misses arrays, deep objects and error texts.
 */
import { type DestinationStream, type Logger, pino } from 'pino'
import type { Secret } from '#config/secret.ts'
import { CONCEALED, concealerOf } from '#domain/conceal.ts'

/** What a log needs to know. `destination` defaults to standard output. */
export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly secrets: readonly Secret[]
  readonly destination?: DestinationStream
}

/** The process's log. Fields named like credentials are redacted too, for values nobody announced. */
export function createLog(options: LogOptions): Logger {
  const settings = {
    level: options.level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: [
        'authorization',
        'cookie',
        '*.authorization',
        '*.cookie',
        'headers["set-cookie"]',
        'token',
        '*.token',
        'privateKey',
        '*.privateKey',
      ],
      censor: CONCEALED,
    },
    hooks: { streamWrite: concealerOf(options.secrets.map((secret) => secret.reveal())) },
  }
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination)
}
