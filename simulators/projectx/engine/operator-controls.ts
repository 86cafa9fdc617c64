/** What tests, the demo and people can do to the venue from behind: accounts, prices, and what happens behind a client's back. */
import type { LiquidityOptions, RuleOptions } from './options.ts'
import type { AccountRow, QuoteRow, TradeRow } from './record.ts'

/** An account is named by its id or its name; names are unique. */
export type AccountName = number | string

/** What can be set on an account. */
export interface AccountChanges {
  readonly name?: string | undefined
  readonly canTrade?: boolean | undefined
  readonly isVisible?: boolean | undefined
  readonly simulated?: boolean | undefined
  readonly follower?: boolean | undefined
  readonly brackets?: 'auto-oco' | 'position' | undefined
  readonly autoLiquidate?: boolean | undefined
}

export interface HandTrade {
  readonly account: AccountName
  readonly contract: string
  readonly side: 'buy' | 'sell'
  readonly size: number
}

/**
 * Contracts are named by id (`CON.F.US.ENQ.Z26`), name (`NQZ6`), or root (`NQ`, `F.US.ENQ`): the front contract, and for prices
 * and depth every expiry. Unknown names and what cannot be done throw `VenueControlError`.
 */
export interface OperatorControls {
  createAccount(settings: { readonly name: string; readonly userName: string; readonly balance: string }): AccountRow
  deposit(account: AccountName, amount: string): AccountRow
  setAccount(account: AccountName, changes: AccountChanges): AccountRow
  /** USD; null lifts a limit. Equity incl. open PnL at the limit flattens and locks the account. */
  setLimits(
    account: AccountName,
    limits: { readonly dailyLoss?: string | null | undefined; readonly maxLoss?: string | null | undefined },
  ): AccountRow
  /** Moves the last price; stops fire, resting orders fill. Returns the quote of the front or named contract. */
  setMark(contract: string, price: string): QuoteRow
  quote(contract: string): QuoteRow
  setLiquidity(contract: string, liquidity: Partial<LiquidityOptions>): QuoteRow
  setRule<Rule extends keyof RuleOptions>(rule: Rule, value: RuleOptions[Rule]): void
  /** Each returns the trades it made. Hand trades ask for no permission, only for an open market. */
  trade(trade: HandTrade): readonly TradeRow[]
  closeByHand(account: AccountName, contract: string): readonly TradeRow[]
  /** Moves the price through the account's nearest stop and back. Returns the trades of the way there. */
  tripStop(account: AccountName, contract: string): readonly TradeRow[]
  cancelByHand(account: AccountName, orderId: number): boolean
  voidTrade(tradeId: number, voided: boolean): TradeRow
  /** Flattens an account now, as the firm does. */
  liquidate(account: AccountName): readonly TradeRow[]
}
