/** The contracts of the configured products: all that the venue offers, and those that our positions still stand in. */
import type { InstrumentId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import { BrokerProtocolError, BrokerUnavailable, CommandRefused } from '#brokers/errors.ts'
import { type Contract, PRODUCTS, type RefusedContract, contractOf, instrumentOf } from './contracts.ts'
import type { VenueSession } from './session.ts'
import { contractSchema, contractsSchema, type WireContract } from './wire.ts'

/** Specifications of every other contract: only its value a tick is needed, to show what it is worth. */
export type TickTerms = Pick<WireContract, 'tickSize' | 'tickValue'>

export class ContractReads {
  readonly #session: VenueSession
  readonly #symbols: ReadonlySet<string>
  readonly #clock: () => number
  #known: ReadonlyMap<string, Contract> = new Map()
  #refused: readonly RefusedContract[] = []
  readonly #ticks = new Map<string, TickTerms>()

  /** @param roots products to trade, e.g. `NQ` */
  constructor(session: VenueSession, roots: readonly string[], clock: () => number) {
    this.#session = session
    this.#clock = clock
    this.#symbols = new Set(
      roots.map((root) => {
        const product = PRODUCTS[root]
        if (product !== undefined) return product.symbolId
        throw new CommandRefused(`Expected products of ${Object.keys(PRODUCTS).join(', ')}, saw ${root}.`)
      }),
    )
  }

  /** Contracts whose numbers disagree with the exchange's, as last read. */
  get refused(): readonly RefusedContract[] {
    return this.#refused
  }

  /** Contracts whose prices matter, as last read: the front ones of our products, and those held. */
  followed(held: readonly string[]): { readonly contractId: string; readonly instrument: InstrumentId }[] {
    const front = [...this.#known.values()].filter(({ instrument }) => instrument.active)
    const ids = new Set([...front.map(({ contractId }) => contractId), ...held])
    return [...ids].map((contractId) => ({ contractId, instrument: instrumentOf(contractId) }))
  }

  /** Reads what the venue offers, and contracts we hold that it offers no more. @throws BrokerUnavailable */
  async refresh(held: Iterable<string>): Promise<void> {
    const { data } = await this.#session.read('/api/Contract/available', { live: false }, contractsSchema)
    const rows = data.contracts.filter(({ symbolId }) => this.#symbols.has(symbolId))
    if (rows.length === 0) {
      throw new BrokerUnavailable(
        `ProjectX Contract/available: expected contracts of ${[...this.#symbols].join(', ')}, saw none among ${data.contracts.length}.`,
      )
    }
    const offered = new Set(rows.map(({ id }) => id))
    for (const id of held) {
      if (!offered.has(id)) rows.push(...(await this.#row(id).then((row) => (this.#isOurs(row) ? [row] : []))))
    }
    const contracts = rows.map((row) => contractOf(row, this.#clock()))
    for (const { id, tickSize, tickValue } of rows) this.#ticks.set(id, { tickSize, tickValue })
    this.#refused = contracts.filter((entry) => 'reason' in entry)
    this.#known = new Map(contracts.flatMap((entry) => ('reason' in entry ? [] : [[entry.contractId, entry] as const])))
  }

  /** All contracts we may trade or hold, as last read. */
  instruments(): Instrument[] {
    return [...this.#known.values()].map(({ instrument }) => instrument)
  }

  /** The contract of an instrument as last read. @throws CommandRefused */
  contract(instrument: InstrumentId): Contract {
    const known = [...this.#known.values()].find((entry) => entry.instrument.instrument === instrument)
    if (known !== undefined) return known
    const refused = this.#refused.find((entry) => entry.instrument === instrument)
    const listed = this.instruments().map((entry) => entry.instrument)
    throw new CommandRefused(
      refused?.reason ?? `ProjectX offers no contract ${instrument}; it has ${listed.slice(0, 8).join(', ')}.`,
    )
  }

  /** What a tick of any contract is worth. @throws BrokerUnavailable; BrokerProtocolError for a contract that is refused */
  async tickTerms(contractId: string): Promise<TickTerms> {
    const refused = this.#refused.find((entry) => entry.contractId === contractId)
    if (refused !== undefined) throw new BrokerProtocolError(refused.reason)
    const known = this.#ticks.get(contractId)
    if (known !== undefined) return known
    const { tickSize, tickValue, ...row } = await this.#row(contractId)
    const ours = this.#isOurs(row) ? contractOf({ tickSize, tickValue, ...row }, this.#clock()) : null
    if (ours !== null && 'reason' in ours) throw new BrokerProtocolError(ours.reason)
    this.#ticks.set(contractId, { tickSize, tickValue })
    return { tickSize, tickValue }
  }

  #isOurs({ symbolId }: Pick<WireContract, 'symbolId'>): boolean {
    return this.#symbols.has(symbolId)
  }

  async #row(contractId: string): Promise<WireContract> {
    const { data } = await this.#session.read('/api/Contract/searchById', { contractId }, contractSchema)
    if (data.contract.id === contractId) return data.contract
    throw new BrokerProtocolError(
      `ProjectX Contract/searchById: asked for ${contractId} (${instrumentOf(contractId)}), saw ${data.contract.id}.`,
    )
  }
}
