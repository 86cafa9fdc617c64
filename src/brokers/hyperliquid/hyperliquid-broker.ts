/**
 * Broker port on Hyperliquid: one account, one agent key. Requests are signed into their final bytes before anything is
 * sent; sending happens once; what became of a request is proven by nonce, deadline and the venue's records.
 */
import type { AccountId } from '#domain/ids.ts'
import type { Evidence, OrderCommand, PreparedRequest } from '#domain/order.ts'
import type { Broker, Capabilities, RequestBudget, SendOutcome } from '#brokers/broker.ts'
import { CLOCK_BOUND_MS } from '#brokers/findings.ts'
import { SOCKETS, type Transport } from '#brokers/transport.ts'
import { type Urgency, WeightBudget } from '#brokers/rate-limit.ts'
import { RESOLVER_TERMS, type ResolverTerms, resolveRequest } from '#brokers/resolve.ts'
import { sendOutcomeOf } from '#brokers/transmission.ts'
import { AccountReads } from './account-reads.ts'
import { cancelAction, newOrderAction } from './action.ts'
import type { Network } from './action-hash.ts'
import { readCash } from './cash-history.ts'
import { checkCredentials } from './credentials.ts'
import { readNoopVerdict, readVerdict } from './exchange-answer.ts'
import { FAR_FUTURE, FillHistory, type HistoryLimits, VENUE_LIMITS } from './fill-history.ts'
import { MarketReads } from './market-reads.ts'
import { readOpenOrders, readOrder } from './order-reads.ts'
import { type Timeouts, VenueSession } from './session.ts'
import { type AgentKey, openTradingSigner, type TradingSigner } from './sign.ts'
import { VENUE } from './translate.ts'
import { watchVenue } from './watch.ts'

/** Where and as whom to trade. */
export interface HyperliquidOptions {
  readonly account: AccountId
  /** Address of the master account that holds the positions; never the agent's (C17). */
  readonly master: string
  readonly agentKey: AgentKey
  readonly network: Network
  /** e.g. `https://api.hyperliquid.xyz`. */
  readonly baseUrl: string
  /** e.g. `wss://api.hyperliquid.xyz/ws`. */
  readonly wsUrl: string
  /** Ms since epoch. */
  readonly clock: () => number
  /** Lifetime of a request from its preparation, enforced by the venue (`expiresAfter`), ms. */
  readonly deadlineMs?: number
  readonly timeouts?: Partial<Timeouts>
  /** Request weight a minute for this process; the venue grants 1,200 to an IP address. */
  readonly weightPerMinute?: number
  readonly resolver?: Partial<ResolverTerms>
  readonly limits?: Partial<HistoryLimits>
  /** In [0, 1); spreads reconnects of the stream. */
  readonly random?: () => number
  /** Default: sockets of this machine. */
  readonly transport?: Transport | undefined
}

const DEADLINE_MS = 15_000
const WEIGHT_PER_MINUTE = 1_200
const RESERVED_FRACTION = 0.2
const TIMEOUTS: Timeouts = { readMs: 10_000, sendMs: 10_000, budgetMs: 5_000 }

const CAPABILITIES: Capabilities = {
  idempotentResend: true,
  fence: true,
  venueDeadline: true,
  attachedStop: true,
  reduceOnly: true,
  priceBound: true,
  statesOpenPnl: true,
  statesPnl: false,
  settlement: 'USDC',
  fundingEveryMs: 3_600_000,
  itemisesCash: true,
  fillRetention: VENUE_LIMITS.fillRetention,
  voidableForMs: null,
  clockBoundMs: CLOCK_BOUND_MS,
  weakerGuarantees: [],
}

/** Opens the broker and loads the venue's universe. @throws BrokerUnavailable, CommandRefused when key or address are unusable */
export async function openHyperliquidBroker(options: HyperliquidOptions): Promise<Broker> {
  const signer = openTradingSigner(options.agentKey, options.network)
  const perMinute = options.weightPerMinute ?? WEIGHT_PER_MINUTE
  const reserve = Math.floor(perMinute * RESERVED_FRACTION)
  // Refills by elapsed time, which a driven or stepped venue clock does not measure.
  const budget = new WeightBudget({ perMinute, reserve, clock: () => performance.now() })
  const session = new VenueSession((options.transport ?? SOCKETS).http(options.baseUrl), budget, {
    ...TIMEOUTS,
    ...options.timeouts,
  })
  const broker = new HyperliquidBroker(options, signer, session)
  try {
    await broker.loadUniverse()
    return broker
  } catch (error) {
    await session.close()
    throw error
  }
}

class HyperliquidBroker implements Broker {
  readonly venue = VENUE
  readonly capabilities: Capabilities
  readonly account: AccountId
  readonly signer: string
  readonly #options: HyperliquidOptions
  readonly #master: string
  readonly #signing: TradingSigner
  readonly #session: VenueSession
  readonly #limits: HistoryLimits
  readonly #markets: MarketReads
  readonly #accounts: AccountReads
  readonly #fills: FillHistory

  constructor(options: HyperliquidOptions, signing: TradingSigner, session: VenueSession) {
    this.#options = options
    this.#master = options.master.toLowerCase()
    this.#signing = signing
    this.#session = session
    this.#limits = { ...VENUE_LIMITS, ...options.limits }
    this.account = options.account
    this.signer = signing.address
    this.capabilities = { ...CAPABILITIES, fillRetention: this.#limits.fillRetention }
    this.#markets = new MarketReads(session)
    this.#accounts = new AccountReads(session, this.#master, options.clock)
    const owner = { account: options.account, user: this.#master }
    this.#fills = new FillHistory(session, owner, this.#limits, options.clock)
  }

  loadUniverse(): Promise<void> {
    return this.#markets.refresh()
  }

  prepare(
    command: OrderCommand,
    { nonce, now }: { readonly nonce: number; readonly now: number },
  ): Promise<PreparedRequest> {
    // Inside a promise chain, so that a refusal rejects instead of throwing at the caller.
    return Promise.resolve().then(() => {
      const market = this.#markets.market(command.instrument)
      const action = command.type === 'new-order' ? newOrderAction(command, market) : cancelAction(command, market)
      return this.#sign(action, nonce, now)
    })
  }

  async send(request: PreparedRequest, command: OrderCommand): Promise<SendOutcome> {
    const outcome = await this.#session.exchange(request.body, urgencyOf(command))
    const verdict = readVerdict(outcome, command, request.nonce)
    return sendOutcomeOf(verdict, this.#options.clock())
  }

  resolve: Broker['resolve'] = (request, command, { resend }) =>
    resolveRequest(
      {
        transmit: async () => readVerdict(await this.#session.exchange(request.body, 'urgent'), command, request.nonce),
        venueTime: () => this.#accounts.venueTime(),
        findOrder: (id) => readOrder(this.#session, this.#master, id),
        fillsSince: async (from) => {
          const { fills, coverage } = await this.listFills({ from, through: FAR_FUTURE })
          return { fills, complete: coverage.complete }
        },
        openOrders: () => this.listOpenOrders(),
        clock: this.#options.clock,
        elapsed: () => performance.now(),
      },
      request,
      command,
      { ...RESOLVER_TERMS, ...this.#options.resolver, resend },
    )

  fence: Broker['fence'] = async (request, now) => {
    if (request.nonce === null) return { kind: 'unknown', observed: 'the request has no nonce to spend' }
    const noop = this.#sign({ type: 'noop' }, request.nonce, now)
    const verdict = readNoopVerdict(await this.#session.exchange(noop.body, 'urgent'), request.nonce)
    const evidence = (detail: string): Evidence => ({ kind: 'nonce-fence', at: this.#options.clock(), detail })
    switch (verdict.kind) {
      case 'accepted':
        return { kind: 'absent', evidence: evidence(`noop took nonce ${request.nonce}`) }
      case 'duplicate':
        return { kind: 'admitted', evidence: evidence(verdict.detail) }
      case 'refused':
        return { kind: 'unknown', observed: verdict.reason }
      // Too low: it can no longer land, but whether it had landed before it got too low is open.
      case 'over':
      case 'not-sent':
        return { kind: 'unknown', observed: verdict.detail }
      case 'unknown':
        return verdict
    }
  }

  readAccount: Broker['readAccount'] = () => this.#accounts.snapshot()
  listOpenOrders: Broker['listOpenOrders'] = () => readOpenOrders(this.#session, this.#master)
  findOrder: Broker['findOrder'] = ({ clientOrderId }) => readOrder(this.#session, this.#master, clientOrderId)
  // Fills carry the venue's realised PnL themselves; there is no second statement to check them with.
  statedPnl: Broker['statedPnl'] = () => Promise.resolve(null)
  listFills: Broker['listFills'] = (interval) => this.#fills.read(interval)
  listCash: Broker['listCash'] = (interval) => readCash(this.#session, this.#master, this.#limits.ledgerPage, interval)
  // Perpetuals take their fees in USDC, builder's fees included; of other coins the exchange states no value.
  readTokenRate: Broker['readTokenRate'] = () => Promise.resolve(null)
  listInstruments: Broker['listInstruments'] = () => this.#markets.instruments()
  readMarks: Broker['readMarks'] = () => this.#markets.marks()

  checkCredentials: Broker['checkCredentials'] = (now) =>
    checkCredentials({
      session: this.#session,
      accounts: this.#accounts,
      master: this.#master,
      agent: this.signer,
      now,
    })

  watch: Broker['watch'] = (listener) =>
    watchVenue({
      url: this.#options.wsUrl,
      user: this.#master,
      coins: this.#markets.tradable().map((market) => market.coin),
      random: this.#options.random ?? Math.random,
      transport: this.#options.transport ?? SOCKETS,
      listener,
    })

  budgets(): readonly RequestBudget[] {
    return this.#session.budgets()
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  #sign(action: object, nonce: number, now: number): PreparedRequest {
    const deadline = now + (this.#options.deadlineMs ?? DEADLINE_MS)
    const body = JSON.stringify(this.#signing.signTradingAction(action, nonce, deadline))
    return { signer: this.signer, nonce, deadline, body, preparedAt: now }
  }
}

// What reduces exposure or protects it may use the reserve of the request budget.
function urgencyOf(command: OrderCommand): Urgency {
  return command.type === 'cancel-order' || command.reduceOnly ? 'urgent' : 'normal'
}
