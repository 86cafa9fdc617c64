/** Sink `log`: the process's own log. It is told once; a log keeps what it was told. */
import type { AlertNotice } from '#domain/alert-text.ts'
import type { Severity } from '#domain/records.ts'
import type { Sink } from './alerting.ts'
import { type SinkShape, termsOf } from './sink-terms.ts'

type Level = 'error' | 'warn' | 'info'
type LogLike = Readonly<Record<Level, (fields: object, message: string) => void>>

export function logSink(shape: SinkShape, log: LogLike): Sink {
  return {
    terms: termsOf(shape, { repeats: false, events: ['raised', 'resolved'] }),
    async send({ alert, event }: AlertNotice) {
      if (event === 'raised') log[levelOf(alert.severity)]({ alert }, `alert: ${alert.title}`)
      else log.info({ alert }, `alert ${event}: ${alert.title}`)
    },
  }
}

function levelOf(severity: Severity): Level {
  if (severity === 'critical') return 'error'
  return severity === 'warning' ? 'warn' : 'info'
}
