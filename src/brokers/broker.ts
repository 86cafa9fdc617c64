/**
 * Port Broker: our gateway to one account at one venue. The broker's record is the truth; this port only tells it.
 *
 * Invariants, each a case of the contract suite:
 * 1. A read answers data it can prove, or throws BrokerUnavailable. Empty means "the venue said: none".
 * 2. `send` never throws for anything that happens after the first byte may have left: it answers `unknown`.
 * 3. `send` never repeats a request by itself; re-sending is a decision of `resolve`, with the very same bytes.
 * 4. `rejected` and `absent` carry proof. A code or text we do not know is `unknown`.
 * 5. Only allow-listed trading commands can be prepared; nothing here can move funds.
 */
import type { Fill } from '#domain/fill.ts'
import type { AccountId, ClientOrderId, InstrumentId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { TokenRate } from '#domain/other-fees.ts'
import type { DecimalString } from '#domain/decimal.ts'
import type { BrokerOrder, Evidence, OrderCommand, OrderRef, PreparedRequest } from '#domain/order.ts'

/** What a venue can do, as data. What it cannot do is declared here and never faked. */
export interface Capabilities {
  /** Re-sending the same bytes can never execute twice (venue nonce or venue-side dedupe). */
  readonly idempotentResend: boolean
  /** A request can be made impossible after the fact (noop on its nonce). */
  readonly fence: boolean
  /** Requests carry a deadline the venue enforces. */
  readonly venueDeadline: boolean
  /** A stop can ride in the entry's own request. */
  readonly attachedStop: boolean
  /** An exit can be marked so that it never opens the other side. Where not, protective orders come down before an exit goes out. */
  readonly reduceOnly: boolean
  /** The venue enforces the worst price of an immediate order. Where not, it fills at any price. */
  readonly priceBound: boolean
  /** Open PnL is the venue's own figure. Where not, it is the venue's entry average against its last price, and shown only, never booked. */
  readonly statesOpenPnl: boolean
  /** The venue states its own result of a closing order, so that ours can be checked (`statedPnl`). */
  readonly statesPnl: boolean
  /** Currency of PnL, fees and margin; taken for USD one to one. */
  readonly settlement: 'USDC' | 'USDT' | 'USD'
  /** Funding is paid at multiples of this many ms; null when the venue pays none. */
  readonly fundingEveryMs: number | null
  /** Deposits, withdrawals and payouts are listed by the venue. Where not, equity that trades do not explain may be one of them. */
  readonly itemisesCash: boolean
  /** Oldest fills the venue still serves: by count; null when unlimited. */
  readonly fillRetention: number | null
  /** How long after a trade the venue may still take it back (busted, void), ms; fills are read again that far. Null: it never does. */
  readonly voidableForMs: number | null
  /** How far our clock may be off the venue's before no entry is sent any more, ms. */
  readonly clockBoundMs: number
  /** Where a guarantee is weaker than the strongest venue's, one sentence each; shown by doctor. */
  readonly weakerGuarantees: readonly string[]
}

/** One position as the broker states it. Size is signed: positive long. Flat positions are absent. */
export interface BrokerPosition {
  readonly instrument: InstrumentId
  readonly size: DecimalString
  readonly entryAverage: DecimalString | null
  readonly unrealised: DecimalString
  readonly liquidationPrice: DecimalString | null
}

/** One consistent read of an account: positions and equity (USD) of the same venue instant. */
export interface AccountSnapshot {
  readonly equity: DecimalString
  /** Realised cash: equity without open PnL. */
  readonly balance: DecimalString
  /** Why the venue itself refuses new exposure now (lockout, reduce-only), in its own words; null when it does not. */
  readonly restriction: string | null
  readonly unrealised: DecimalString
  readonly positions: readonly BrokerPosition[]
  /** The venue's own time of the answer, ms, to the second at worst; what our clock is compared with. */
  readonly asOf: number
}

/** Certificate of a fill read: what interval it proves, and whether the venue still has all of it. */
export interface Coverage {
  /** Nothing is missing from here on, ms; later than what was asked for where the venue no longer serves the rest. */
  readonly from: number
  readonly through: number
  readonly pages: number
  readonly complete: boolean
  /** Why it is incomplete, e.g. `retention`: the window predates what the venue keeps. */
  readonly gap: string | null
  /** True when what is missing is gone for good: then nothing is missing from `from` on, and no later read can prove more. */
  readonly expired: boolean
}
export interface FillRead {
  /** In venue order, deduplicated, of all instruments; without those the venue has taken back. */
  readonly fills: readonly Fill[]
  /** Fill ids of the interval that the venue has taken back (busted, voided): what was booked of them is reversed. */
  readonly voided: readonly string[]
  readonly coverage: Coverage
}

/** A cash row that is no trade: funding payment or transfer. Amount USD, positive is ours. */
export interface CashRow {
  readonly id: string
  readonly kind: 'funding' | 'transfer'
  readonly instrument: InstrumentId | null
  readonly amount: DecimalString
  readonly time: number
}

/** What the venue said about one order of a request. */
export type OrderReport =
  | {
      readonly result: 'accepted'
      readonly clientOrderId: ClientOrderId
      readonly venueOrderId: string | null
      /** `waiting`: a child that rests until its parent fills or its trigger trips. */
      readonly status: 'working' | 'filled' | 'waiting' | 'canceled'
      readonly filledSize: DecimalString
      readonly averagePrice: DecimalString | null
    }
  | { readonly result: 'rejected'; readonly clientOrderId: ClientOrderId; readonly reason: string }

/** What one transmission taught us. */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly reports: readonly OrderReport[]; readonly evidence: Evidence }
  | { readonly kind: 'rejected'; readonly reason: string; readonly evidence: Evidence }
  /** The venue has processed this very request before (spent nonce): resolve what became of it. */
  | { readonly kind: 'admitted'; readonly evidence: Evidence }
  | { readonly kind: 'unknown'; readonly observed: string }

/** What is proven about a request whose outcome was unknown. `absent`: it has not landed and never can. */
export type Resolution =
  | { readonly kind: 'accepted'; readonly reports: readonly OrderReport[]; readonly evidence: Evidence }
  | { readonly kind: 'rejected'; readonly reason: string; readonly evidence: Evidence }
  | { readonly kind: 'absent'; readonly evidence: Evidence }
  | { readonly kind: 'unknown'; readonly observed: string }

/** One check of the credentials at boot or by doctor. */
export interface CredentialFinding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly check: string
  readonly detail: string
  /** What to do about it; null when ok. */
  readonly fix: string | null
}

/** Something may have happened: look with REST. Marks are the one datum the stream itself carries (USD). */
export type Hint =
  | { readonly kind: 'fills' | 'orders'; readonly instruments: readonly InstrumentId[] }
  | { readonly kind: 'mark'; readonly marks: ReadonlyMap<InstrumentId, DecimalString> }
  | { readonly kind: 'connected' | 'disconnected'; readonly detail: string }

/** A budget of requests as it stands, in the unit that the venue counts. */
export interface RequestBudget {
  readonly name: string
  /** Negative after urgent requests overdrew it. */
  readonly left: number
  readonly limit: number
}

export interface Broker {
  readonly venue: string
  readonly account: AccountId
  /** The signing identity whose nonces we allocate (agent address); never a secret. */
  readonly signer: string
  readonly capabilities: Capabilities

  /** Signs a command into the exact bytes to send; no I/O. @throws when the command is not on the allow-list or names an unknown instrument */
  prepare(command: OrderCommand, terms: { readonly nonce: number; readonly now: number }): Promise<PreparedRequest>
  /** Transmits once. Never throws for network reasons. */
  send(request: PreparedRequest, command: OrderCommand): Promise<SendOutcome>
  /**
   * Finds out what became of a request that may have been sent, with proof. May re-send the same bytes before the deadline when the
   * venue makes that idempotent and `resend` is set.
   */
  resolve(
    request: PreparedRequest,
    command: OrderCommand,
    terms: { readonly now: number; readonly resend: boolean },
  ): Promise<Resolution>
  /** Makes a request impossible to execute from now on (where `capabilities.fence`). `absent`: fenced; `admitted`: too late, resolve. */
  fence(
    request: PreparedRequest,
    now: number,
  ): Promise<
    | { readonly kind: 'absent' | 'admitted'; readonly evidence: Evidence }
    | { readonly kind: 'unknown'; readonly observed: string }
  >

  /** @throws BrokerUnavailable */
  readAccount(): Promise<AccountSnapshot>
  /** Working orders, triggers and grouped children included. @throws BrokerUnavailable */
  listOpenOrders(): Promise<BrokerOrder[]>
  /** The venue's record of one order of ours; null is ONE "not found", which proves nothing. @throws BrokerUnavailable */
  findOrder(order: OrderRef): Promise<BrokerOrder | null>
  /** Fills of an interval, paged to completion. @throws BrokerUnavailable */
  listFills(interval: { readonly from: number; readonly through: number }): Promise<FillRead>
  /** Funding payments and transfers of an interval, complete. @throws BrokerUnavailable */
  listCash(interval: { readonly from: number; readonly through: number }): Promise<CashRow[]>
  /**
   * The venue's own net result (after fees, without funding) of the given closing orders, all of an interval of ms, where
   * `capabilities.statesPnl`; null while the venue does not show all of them. A check, never booked. @throws BrokerUnavailable
   */
  statedPnl(
    closing: readonly { readonly instrument: InstrumentId; readonly venueOrderId: string }[],
    interval: { readonly from: number; readonly through: number },
  ): Promise<DecimalString | null>
  /** What a coin that fees were taken in is worth now by the venue's own word; null when it does not say. @throws BrokerUnavailable */
  readTokenRate(token: string): Promise<TokenRate | null>
  /** Everything tradable now or held by an order or position of ours. @throws BrokerUnavailable */
  listInstruments(): Promise<Instrument[]>
  /** Current mark prices, USD. @throws BrokerUnavailable */
  readMarks(): Promise<ReadonlyMap<InstrumentId, DecimalString>>
  /** Read-only proof that the credentials can trade and cannot move funds. @throws BrokerUnavailable */
  checkCredentials(now: number): Promise<CredentialFinding[]>
  /** Streams hints until disposed; reconnects by itself and says so. */
  watch(listener: (hint: Hint) => void): AsyncDisposable
  /** Our budgets of requests now; no I/O. Absent where there is no limit to keep to. */
  budgets?(): readonly RequestBudget[]
  close(): Promise<void>
}
