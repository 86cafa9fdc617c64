/**
 * A live account: its broker with what the venue says of instruments and marks, remembered for as long as it may be.
 * Marks come from the stream while they are fresh; concurrent readers of a stale mark share one request.
 */
import type { Broker } from '#brokers/broker.ts'
import type { DecimalString } from '#domain/decimal.ts'
import type { InstrumentId } from '#domain/ids.ts'
import { type Instrument, frontContract } from '#domain/instrument.ts'
import type { AccountPolicy } from '#domain/policy.ts'
import type { FeedState } from '#domain/records.ts'
import type { TradingAccount } from '#workers/worker.ts'

/** Specifications change rarely; a listing that is missing is looked for again at most this often. */
const SPECIFICATION_AGE_MS = 3_600_000
const MISSING_RETRY_MS = 10_000

interface Mark {
  readonly price: DecimalString
  readonly at: number
}

export class LiveAccount implements TradingAccount {
  readonly policy: AccountPolicy
  readonly broker: Broker
  readonly #now: () => number
  readonly #marks = new Map<InstrumentId, Mark>()
  #instruments: ReadonlyMap<InstrumentId, Instrument> = new Map()
  #changedAt = Number.POSITIVE_INFINITY
  #downSince: number | null
  #pricedAt: number | null = null
  #instrumentsAt = Number.NEGATIVE_INFINITY
  #readingInstruments: Promise<void> | null = null
  #readingMarks: Promise<void> | null = null

  constructor(policy: AccountPolicy, broker: Broker, now: () => number) {
    this.policy = policy
    this.broker = broker
    this.#now = now
    this.#downSince = now()
  }

  /** Takes marks from the stream. */
  noteMarks(marks: ReadonlyMap<InstrumentId, DecimalString>): void {
    this.#pricedAt = this.#now()
    this.#keepMarks(marks)
  }

  /** The stream said that orders or fills of this account changed, or that it is up again. */
  noteChange(): void {
    this.#changedAt = this.#now()
    this.#downSince = null
  }

  /** The stream is down: until it is up again only reading tells. */
  noteSilence(): void {
    this.#changedAt = Number.POSITIVE_INFINITY
    this.#downSince ??= this.#now()
  }

  /** What is heard of the account, for whoever watches. */
  feed(): FeedState {
    return { account: this.policy.account, downSince: this.#downSince, pricedAt: this.#pricedAt }
  }

  changedAt(): number {
    return this.#changedAt
  }

  async instrument(id: InstrumentId): Promise<Instrument> {
    await this.#refresh(this.#instruments.has(id) ? SPECIFICATION_AGE_MS : MISSING_RETRY_MS)
    const found = this.#instruments.get(id)
    if (found === undefined) throw new RangeError(`Expected an instrument that ${this.broker.venue} lists, saw ${id}.`)
    return found
  }

  async front(name: InstrumentId): Promise<Instrument | null> {
    const known = frontContract(this.#instruments, name)
    // At its roll the venue names another contract, sooner or later: look as for one that is missing.
    const settled = known !== null && (known.rollsAt === null || known.rollsAt > this.#now())
    await this.#refresh(settled ? SPECIFICATION_AGE_MS : MISSING_RETRY_MS)
    return frontContract(this.#instruments, name)
  }

  async mark(id: InstrumentId, now: number): Promise<DecimalString> {
    const oldest = now - this.policy.pace.markMaxAgeMs
    const known = this.#marks.get(id)
    if (known !== undefined && known.at >= oldest) return known.price
    await this.#readMarks()
    const read = this.#marks.get(id)
    if (read === undefined || read.at < oldest) {
      throw new RangeError(`Expected a mark of ${id} from ${this.broker.venue}, saw none.`)
    }
    return read.price
  }

  async #refresh(olderThanMs: number): Promise<void> {
    if (this.#now() - this.#instrumentsAt > olderThanMs) await this.#readInstruments()
  }

  #readInstruments(): Promise<void> {
    this.#readingInstruments ??= this.broker
      .listInstruments()
      .then((list) => {
        // A contract that is listed no more keeps its specification: a position may still be pinned to it. Nothing enters it.
        const known = [...this.#instruments].map(([id, old]) => [id, { ...old, active: false }] as const)
        this.#instruments = new Map([...known, ...list.map((listed) => [listed.instrument, listed] as const)])
        this.#instrumentsAt = this.#now()
      })
      .finally(() => {
        this.#readingInstruments = null
      })
    return this.#readingInstruments
  }

  #keepMarks(marks: ReadonlyMap<InstrumentId, DecimalString>): void {
    const at = this.#now()
    for (const [instrument, price] of marks) this.#marks.set(instrument, { price, at })
  }

  #readMarks(): Promise<void> {
    this.#readingMarks ??= this.broker
      .readMarks()
      .then((marks) => this.#keepMarks(marks))
      .finally(() => {
        this.#readingMarks = null
      })
    return this.#readingMarks
  }
}
