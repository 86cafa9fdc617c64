/**
 * Port Alerting: where alerts go to. A sink takes one notice or says in clear words why not; when each is due is decided in
 * src/domain/alert-telling.ts, and recorded in the book by whoever tells.
 */
import type { RepeatTerms, SinkTerms } from '#domain/alert-telling.ts'
import type { AlertNotice } from '#domain/alert-text.ts'

/** A sink did not take a notice; it is told again. Says nothing that is secret. */
export class AlertNotDelivered extends Error {
  override readonly name = 'AlertNotDelivered'
  /** The sink wants this much quiet before the next attempt, ms; null: it did not say. */
  readonly quietMs: number | null
  /** It was not even tried: the sink still rests after a failure, or is busy. */
  readonly untried: boolean

  constructor(message: string, options: { readonly quietMs?: number | null; readonly untried?: boolean } = {}) {
    super(message)
    this.quietMs = options.quietMs ?? null
    this.untried = options.untried ?? false
  }
}

/** One sink. */
export interface Sink {
  readonly terms: SinkTerms
  /** @throws AlertNotDelivered */
  send(notice: AlertNotice): Promise<void>
}

/** All sinks of this process. */
export interface Alerting {
  readonly sinks: readonly SinkTerms[]
  readonly repeat: RepeatTerms
  /**
   * How long to leave a sink alone before it is worth asking the book what to tell it, ms; 0: not at all. Each who is sent away gets a later
   * time than the one before. Default: never.
   */
  quietMs?(sink: string): number
  /** @throws AlertNotDelivered with `quietMs`: how long to leave that sink alone */
  tell(sink: string, notice: AlertNotice): Promise<void>
}

/** A secret that prints itself nowhere. */
export interface Concealed {
  reveal(): string
}
