/** What the account holds now, by contract. */
import { type DecimalString, ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import { distinctRows } from '#brokers/wire-answer.ts'
import { jsonNumber } from './json.ts'
import type { VenueSession } from './session.ts'
import { type WirePosition, positionsSchema } from './wire.ts'

/** A holding with its sign. */
export interface Holding {
  readonly contractId: string
  /** Positive long. */
  readonly size: DecimalString
  readonly averagePrice: DecimalString
}

export class PositionReads {
  readonly #session: VenueSession
  readonly #accountId: string

  constructor(session: VenueSession, accountId: string) {
    this.#session = session
    this.#accountId = accountId
  }

  /** Open positions. @throws BrokerUnavailable */
  async open(): Promise<Holding[]> {
    const body = { accountId: jsonNumber(this.#accountId) }
    const { data } = await this.#session.read('/api/Position/searchOpen', body, positionsSchema)
    const rows = distinctRows(data.positions, ({ contractId }) => contractId, 'ProjectX Position/searchOpen')
    return rows.flatMap((row) => (row.type === '0' ? [] : [holdingOf(row)]))
  }

  /** Signed sizes by contract. @throws BrokerUnavailable */
  async signed(): Promise<ReadonlyMap<string, DecimalString>> {
    return new Map((await this.open()).map(({ contractId, size }) => [contractId, size]))
  }
}

function holdingOf({ contractId, type, size, averagePrice }: WirePosition): Holding {
  return { contractId, size: type === '1' ? size : toDecimalString(ZERO.minus(decimal(size))), averagePrice }
}
