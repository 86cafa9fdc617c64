/** Positions and equity of the account, refused where the venue's numbers would not mean what they say. */
import type { AccountSnapshot } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { abstractionSchema, type Clearinghouse, clearinghouseSchema } from './info-schema.ts'
import type { VenueSession } from './session.ts'
import { snapshotOf } from './translate.ts'

const MODE_VALID_MS = 10 * 60_000
/** Modes in which the perpetuals exchange's own account state is the account. */
const PLAIN_MODES = new Set(['default', 'disabled'])

/** Whether the perpetuals account state can be read as the account's in that mode. */
export function isPlainMode(mode: string): boolean {
  return PLAIN_MODES.has(mode)
}

/** Reads the state of one account. */
export class AccountReads {
  readonly #session: VenueSession
  readonly #user: string
  readonly #clock: () => number
  #modeReadAt = Number.NEGATIVE_INFINITY

  constructor(session: VenueSession, user: string, clock: () => number) {
    this.#session = session
    this.#user = user
    this.#clock = clock
  }

  /** @throws BrokerUnavailable also for unified accounts, whose perpetuals state shows zeros instead of their money */
  async snapshot(): Promise<AccountSnapshot> {
    await this.#requirePlainMode()
    return snapshotOf(await this.#state())
  }

  /** Time of the venue's newest block, ms. @throws BrokerUnavailable */
  async venueTime(): Promise<number> {
    return (await this.#state()).time
  }

  /** How the account holds its collateral, in the venue's word. @throws BrokerUnavailable */
  async mode(): Promise<string> {
    return (await this.#session.info({ type: 'userAbstraction', user: this.#user }, abstractionSchema)).data
  }

  async #state(): Promise<Clearinghouse> {
    return (await this.#session.info({ type: 'clearinghouseState', user: this.#user }, clearinghouseSchema)).data
  }

  async #requirePlainMode(): Promise<void> {
    const now = this.#clock()
    if (Math.abs(now - this.#modeReadAt) < MODE_VALID_MS) return
    const mode = await this.mode()
    if (!isPlainMode(mode)) {
      throw new BrokerUnavailable(
        `Hyperliquid account ${this.#user} is in mode ${mode}: its perpetuals state does not hold its money. ` +
          'Switch the account to the default mode.',
      )
    }
    this.#modeReadAt = now
  }
}
