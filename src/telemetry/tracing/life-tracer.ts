/** Port LifeTracer: spans of the lives of positions. Whoever is observed knows this; only `open-tracer.ts` knows who collects them. */

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** A span under way. */
export interface LifeSpan {
  setAttributes(attributes: SpanAttributes): void
}

/** A signal that is about to be accepted. */
export interface Arrival {
  readonly signalKey: string
  readonly positions: readonly { readonly account: string; readonly positionId: string }[]
  readonly source: string
  readonly strategy: string
  readonly signalKind: string
}

/** A request under way, from its first hook to its answer. */
export interface TracedRequest {
  /** Runs the rest of the request, so that what it does knows which request it belongs to. */
  within(run: () => void): void
  /** The answer has left. */
  answered(status: number, attributes: SpanAttributes): void
}

export interface LifeTracer {
  /** Runs a step in the life of what a message is about. Rethrows what `run` throws. */
  inLife<T>(
    subject: string,
    span: { readonly name: string; readonly kind: 'consumer' | 'internal' },
    attributes: SpanAttributes,
    run: (span: LifeSpan) => Promise<T>,
  ): Promise<T>
  /** Runs a part of the step under way; outside of any it only runs it. Rethrows what `run` throws. */
  inside<T>(name: string, attributes: SpanAttributes, run: (span: LifeSpan) => Promise<T>): Promise<T>
  /** Runs the acceptance of a signal, and begins the lives of its positions when it was accepted for the first time. */
  arriving<T extends { readonly status: string }>(arrival: Arrival, accept: () => Promise<T>): Promise<T>
  request(about: { readonly method: string; readonly route: string; readonly requestId: string }): TracedRequest
  /** Hands over what is left, for `ms` at the longest. Never throws. */
  close(ms: number): Promise<void>
}
