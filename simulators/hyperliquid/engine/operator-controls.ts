/** What a test or the control endpoint may do to the venue from outside: fund, move, disturb, import. No signatures, no nonces. */
import type { Address } from './action.ts'
import type { InstrumentSpec, PerpInstrument } from './instrument.ts'
import type { RuleOptions } from './options.ts'
import type { Fill, Side } from './record.ts'

/** A price path: explicit points, or a seeded random walk. The venue takes each step when its clock reaches it. */
export type PricePath =
  | {
      readonly kind: 'recorded'
      readonly coin: string
      readonly points: readonly { readonly time: number; readonly px: string }[]
    }
  | {
      readonly kind: 'walk'
      readonly coin: string
      /** ms between steps. */
      readonly stepMs: number
      /** Largest move per step, basis points. */
      readonly stepBps: number
      readonly seed: number
      /** ms of the last step; absent = forever. */
      readonly until?: number
    }

/** A trade made by hand, as from the venue's own screen: a market order without cloid. */
export interface HandTrade {
  readonly user: Address
  readonly coin: string
  readonly side: Side
  /** Contracts. */
  readonly sz: string
  readonly reduceOnly?: boolean
}

/** Fills of the outside world for one account, oldest first, each row as the venue would serve it. */
export interface FillImport {
  readonly user: Address
  readonly fills: readonly Fill[]
}

export interface OperatorControls {
  /** Creates the account when it is missing; idempotent. @throws VenueControlError on an address that is an agent. */
  createAccount(user: Address): void
  /** Credits USDC (a deposit ledger row). Creates the account. */
  deposit(user: Address, usdc: string): void
  /** Approves an agent without a signature. `name` null = the unnamed one; `validUntil` null = never expires. */
  approveAgent(master: Address, agent: Address, name: string | null, validUntil: number | null): void
  /** Drops an agent as the venue's silent pruning does: nonce state is forgotten with it. */
  pruneAgent(agent: Address): void
  createVault(address: Address): void
  setAbstraction(user: Address, mode: 'default' | 'disabled' | 'unifiedAccount' | 'portfolioMargin'): void
  /** Lists a perpetual; same name twice is refused. @throws VenueControlError */
  addInstrument(spec: InstrumentSpec): PerpInstrument
  /** Moves mark and oracle, then re-quotes, fires triggers, liquidates. @throws VenueControlError on an unknown coin or a price <= 0 */
  setMark(coin: string, px: string): void
  /** Moves only the oracle price, which funding is paid on. */
  setOracle(coin: string, px: string): void
  /** Hourly rate as a fraction, from the next settlement on. */
  setFundingRate(coin: string, rate: string): void
  /** Makes the market maker leave (false) or return (true): with an empty book nothing fills. */
  setQuoting(coin: string, quoting: boolean): void
  follow(path: PricePath): void
  /** Trades at market for the account, uncapped price. Returns the fills. @throws VenueControlError when nothing could trade */
  trade(trade: HandTrade): readonly Fill[]
  /** Closes a whole position by hand. @throws VenueControlError when flat */
  closeByHand(user: Address, coin: string): readonly Fill[]
  /** Cancels as the account's own screen would. */
  cancelByHand(user: Address, oid: number): boolean
  /** Moves the price through the nearest stop (`sl`) of the account in this coin and back. Returns the oids that fired. @throws VenueControlError without one */
  tripStop(user: Address, coin: string): readonly number[]
  /** Liquidates the position now: `market` through the book, `backstop` to the house at the price that leaves nothing. */
  liquidate(user: Address, coin: string, method?: 'market' | 'backstop'): readonly Fill[]
  /** Auto-deleverages up to `sz` contracts (all when absent) at the mark. */
  autoDeleverage(user: Address, coin: string, sz?: string): readonly Fill[]
  /** Serves recorded fills as the account's history; the position becomes what the last row of each coin leaves. Lists unknown coins. */
  importFills(batch: FillImport): void
  setRule<K extends keyof RuleOptions>(rule: K, value: RuleOptions[K]): void
  /** Lifetime volume in USD, which scheduleCancel and the address rate limit depend on. */
  setVolume(user: Address, usd: string): void
}
