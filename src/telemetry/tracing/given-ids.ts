/** Span ids at random, but for spans whose ids are given. */
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace'

interface Ids {
  readonly traceId: string
  readonly spanId: string
}

export class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator()
  #given: Ids | null = null

  /** Makes what `make` starts, synchronously, under the given ids. */
  giving<T>(ids: Ids, make: () => T): T {
    this.#given = ids
    try {
      return make()
    } finally {
      this.#given = null
    }
  }

  generateTraceId(): string {
    return this.#given?.traceId ?? this.#random.generateTraceId()
  }

  generateSpanId(): string {
    return this.#given?.spanId ?? this.#random.generateSpanId()
  }
}
