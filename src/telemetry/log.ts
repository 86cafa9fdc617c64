/**
 * Structured logs, one JSON object a line. Known secret values are cut out of every finished line, whatever field, message
 * or stack they hid in: redaction by path alone misses arrays, deep objects and error texts.
 */
import { type DestinationStream, type Logger, pino } from 'pino'
import type { Secret } from '#config/secret.ts'

const CUT = '[secret]'
/** Shorter values would cut innocent text to pieces; real tokens and keys are longer. */
const SHORTEST_SECRET = 8

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
      censor: CUT,
    },
    hooks: { streamWrite: secretScrubber(options.secrets) },
  }
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination)
}

/** A function that cuts the given values, in the forms they take in JSON and hex, out of a text. */
export function secretScrubber(secrets: readonly Secret[]): (line: string) => string {
  const forms = new Set(secrets.flatMap((secret) => writtenForms(secret.reveal())))
  // Longest first, so that a value that contains another is cut whole.
  const needles = [...forms].toSorted((a, b) => b.length - a.length)
  return (line) => needles.reduce((text, needle) => text.replaceAll(needle, CUT), line)
}

function writtenForms(value: string): string[] {
  const bare = value.replace(/^0x/i, '')
  const isHex = /^[0-9a-fA-F]{32,}$/.test(bare)
  const forms = isHex ? [bare, bare.toLowerCase(), bare.toUpperCase()] : [value, encodeURIComponent(value)]
  return forms.map((form) => JSON.stringify(form).slice(1, -1)).filter((form) => form.length >= SHORTEST_SECRET)
}
