/**
 * Broker port on Bybit V5: the USDT perpetuals of one unified account in one-way mode, over REST order entry (the only one that demo
 * accounts have). An order's client order id is its `orderLinkId`, which the venue takes once; its time window is its deadline; what
 * became of a request is proven by the venue's records.
 */
import { VENUE_AHEAD_MS } from '#domain/clock-offset.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'
import type { OrderCommand, OrderRef, PreparedRequest } from '#domain/order.ts'
import type { Broker, Hint, RequestBudget } from '#brokers/broker.ts'
import { BrokerProtocolError } from '#brokers/errors.ts'
import { SOCKETS, type Transport } from '#brokers/transport.ts'
import { type Urgency, WeightBudget } from '#brokers/rate-limit.ts'
import { RESOLVER_TERMS, type ResolverTerms, resolveRequest } from '#brokers/resolve.ts'
import { sendOutcomeOf, type TransmissionVerdict } from '#brokers/transmission.ts'
import { readAccount, readTokenRate } from './account-reads.ts'
import { LOOK_PAUSES, orderAfterAck, strangerOf, targetAfterAck } from './after-ack.ts'
import { CAPABILITIES } from './capabilities.ts'
import { checkCredentials, type ExtraPermission } from './credentials.ts'
import { FillHistory } from './fill-history.ts'
import { MarketReads } from './market-reads.ts'
import { OrderReads } from './order-reads.ts'
import { bodyOf, pathOf } from './request-body.ts'
import { readAnswer } from './send-verdict.ts'
import { type Timeouts, VenueSession } from './session.ts'
import { type ApiSecret, type Credentials, signerOf } from './signature.ts'
import { readStatedPnl } from './stated-pnl.ts'
import { readCash } from './transaction-log.ts'
import { VENUE } from './translate.ts'
import { watchVenue } from './watch.ts'

/** Where and as whom to trade. */
export interface BybitOptions {
  readonly account: AccountId
  readonly apiKey: ApiSecret
  readonly apiSecret: ApiSecret
  /** e.g. `https://api-demo.bybit.com`. */
  readonly baseUrl: string
  /** Private stream, e.g. `wss://stream-demo.bybit.com/v5/private`. */
  readonly wsUrl: string
  /** Public stream of marks, e.g. `wss://stream.bybit.com/v5/public/linear`; without it marks are asked for. */
  readonly publicWsUrl?: string | null
  /** Whose marks to follow there; everything listed is too much traffic for one reader. Default: nothing. */
  readonly followMarks?: readonly InstrumentId[]
  /** Ms since epoch. */
  readonly clock: () => number
  /** How long after its preparation the venue takes a request, ms. */
  readonly recvWindowMs?: number
  readonly timeouts?: Partial<Timeouts>
  /** Requests a second of this process, on average over a minute; the venue grants an address 120. */
  readonly requestsPerSecond?: number
  readonly resolver?: Partial<ResolverTerms>
  /** How far back the first read of fills and cash goes, days; at most two years. */
  readonly historyDays?: number
  /** Groups of trading permissions that the key may hold beside contract trading. */
  readonly allowedPermissions?: readonly ExtraPermission[]
  /** In [0, 1); spreads reconnects of the streams. */
  readonly random?: () => number
  /** Default: sockets of this machine. */
  readonly transport?: Transport | undefined
}

const RECV_WINDOW_MS = 5_000
const REQUESTS_PER_SECOND = 20
const RESERVED_FRACTION = 0.2
const HISTORY_DAYS = 30
const DAY_MS = 86_400_000
const TIMEOUTS: Timeouts = { readMs: 10_000, sendMs: 10_000, budgetMs: 5_000 }
/** Of a window of 5 s: the bytes go out again in its first 3 s, and 2 s after its end nothing is under way any more. */
const MARGIN_MS = 2_000

/** Opens the broker and loads the venue's universe. @throws BrokerUnavailable */
export async function openBybitBroker(options: BybitOptions): Promise<Broker> {
  const perMinute = (options.requestsPerSecond ?? REQUESTS_PER_SECOND) * 60
  const reserve = Math.floor(perMinute * RESERVED_FRACTION)
  // Refills by elapsed time, which a driven or stepped venue clock does not measure.
  const budget = new WeightBudget({ perMinute, reserve, clock: () => performance.now() })
  const credentials = { apiKey: options.apiKey, apiSecret: options.apiSecret }
  const session = new VenueSession((options.transport ?? SOCKETS).http(options.baseUrl), budget, {
    credentials,
    recvWindowMs: options.recvWindowMs ?? RECV_WINDOW_MS,
    timeouts: { ...TIMEOUTS, ...options.timeouts },
    clock: options.clock,
  })
  const broker = new BybitBroker(options, credentials, session)
  try {
    await broker.loadUniverse()
    return broker
  } catch (error) {
    await session.close()
    throw error
  }
}

class BybitBroker implements Broker {
  readonly venue = VENUE
  readonly capabilities = CAPABILITIES
  readonly account: AccountId
  readonly signer: string
  readonly #options: BybitOptions
  readonly #credentials: Credentials
  readonly #session: VenueSession
  readonly #resolver: ResolverTerms
  readonly #markets: MarketReads
  readonly #orders: OrderReads
  readonly #fills: FillHistory

  constructor(options: BybitOptions, credentials: Credentials, session: VenueSession) {
    const { account, clock, historyDays = HISTORY_DAYS } = options
    this.#options = options
    this.#credentials = credentials
    this.#session = session
    this.#resolver = { ...RESOLVER_TERMS, marginMs: MARGIN_MS, processedLeavesRecord: true, ...options.resolver }
    this.account = account
    this.signer = signerOf(credentials)
    this.#markets = new MarketReads(session, () => performance.now())
    this.#orders = new OrderReads(session, clock, historyDays * DAY_MS)
    const pauseMs = this.#resolver.spanMs / Math.max(1, this.#resolver.lookups - 1)
    this.#fills = new FillHistory(session, this.#orders, { account, historyDays, clock, pauseMs })
  }

  loadUniverse(): Promise<void> {
    return this.#markets.refresh()
  }

  prepare(command: OrderCommand, { now }: { readonly nonce: number; readonly now: number }): Promise<PreparedRequest> {
    // Inside a promise chain, so that a refusal rejects instead of throwing at the caller.
    return Promise.resolve().then(() => {
      const instrument = this.#markets.instrument(command.instrument)
      const body = bodyOf(this.#markets.withinPriceLimits(command), instrument)
      const deadline = now + (this.#options.recvWindowMs ?? RECV_WINDOW_MS)
      return { signer: this.signer, nonce: null, deadline, body, preparedAt: now }
    })
  }

  send: Broker['send'] = async (request, command) =>
    sendOutcomeOf(await this.#transmit(request, command, urgencyOf(command)), this.#options.clock())

  resolve: Broker['resolve'] = (request, command, { resend }) =>
    resolveRequest(
      {
        transmit: () => this.#transmit(request, command, 'urgent'),
        venueTime: () => this.#markets.venueTime(),
        findOrder: () => this.#recordOf(request, command),
        fillsSince: async (from) => {
          const { fills, coverage } = await this.listFills({ from, through: this.#options.clock() + VENUE_AHEAD_MS })
          return { fills, complete: coverage.complete }
        },
        openOrders: () => this.listOpenOrders(),
        clock: this.#options.clock,
        elapsed: () => performance.now(),
      },
      request,
      command,
      { ...this.#resolver, resend },
    )

  fence: Broker['fence'] = () =>
    Promise.resolve({ kind: 'unknown', observed: 'Bybit cannot take a request back; its time window ends it' })

  readAccount: Broker['readAccount'] = () => readAccount(this.#session)
  listOpenOrders: Broker['listOpenOrders'] = () => this.#orders.open()
  findOrder: Broker['findOrder'] = async (ref) => (await this.#orders.find(ref))?.order ?? null
  listFills: Broker['listFills'] = (interval) => this.#fills.read(interval)
  listCash: Broker['listCash'] = (interval) => readCash(this.#session, this.#fills.bounded(interval))
  statedPnl: Broker['statedPnl'] = (closing, interval) => {
    const orderIds = closing.map(({ venueOrderId }) => venueOrderId)
    return readStatedPnl(this.#session, orderIds, this.#fills.bounded(interval))
  }
  readTokenRate: Broker['readTokenRate'] = (token) => readTokenRate(this.#session, token)
  listInstruments: Broker['listInstruments'] = () => this.#markets.instruments()
  readMarks: Broker['readMarks'] = () => this.#markets.marks()

  checkCredentials: Broker['checkCredentials'] = (now) =>
    checkCredentials({
      session: this.#session,
      now,
      allowedPermissions: this.#options.allowedPermissions ?? [],
      symbol: this.#markets.known()[0]?.venueSymbol ?? 'BTCUSDT',
    })

  watch: Broker['watch'] = (listener) =>
    watchVenue({
      url: this.#options.wsUrl,
      publicUrl: this.#followed().length === 0 ? null : (this.#options.publicWsUrl ?? null),
      credentials: this.#credentials,
      symbols: this.#followed(),
      clock: this.#options.clock,
      random: this.#options.random ?? Math.random,
      transport: this.#options.transport ?? SOCKETS,
      listener: (hint: Hint) => {
        if (hint.kind === 'mark') this.#markets.noteMarks(hint.marks)
        listener(hint)
      },
    })

  budgets(): readonly RequestBudget[] {
    return this.#session.budgets()
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  /** Symbols whose marks come over the public stream. */
  #followed(): string[] {
    const wanted = new Set(this.#options.followMarks ?? [])
    return this.#markets.known().flatMap(({ instrument, venueSymbol }) => (wanted.has(instrument) ? [venueSymbol] : []))
  }

  async #transmit(request: PreparedRequest, command: OrderCommand, urgency: Urgency): Promise<TransmissionVerdict> {
    const answer = readAnswer(await this.#session.send(pathOf(command), request, urgency), command, request)
    if (answer.kind !== 'acknowledged' && answer.kind !== 'gone') return answer
    const since = sinceOf(request)
    const ports = { find: () => this.#orders.find(refOf(command), since), pauses: LOOK_PAUSES }
    if (command.type === 'cancel-order') return await targetAfterAck(ports, command, answer)
    return answer.kind === 'gone'
      ? { kind: 'unknown', observed: answer.reason }
      : await orderAfterAck(ports, command, answer)
  }

  /** The record under the command's id; one that is not what we asked for leaves all open (A16). @throws BrokerUnavailable */
  async #recordOf(request: PreparedRequest, command: OrderCommand) {
    const found = await this.#orders.find(refOf(command), command.type === 'new-order' ? sinceOf(request) : undefined)
    if (found === null) return null
    if (command.type === 'cancel-order') return { ...found.order, clientOrderId: command.target }
    const stranger = strangerOf(found.order, command)
    if (stranger !== null) throw new BrokerProtocolError(stranger)
    return found.order
  }
}

/** An order cannot be older than its request; clocks differ. */
function sinceOf({ preparedAt }: PreparedRequest): number {
  return preparedAt - VENUE_AHEAD_MS
}

function refOf(command: OrderCommand): OrderRef {
  const { instrument } = command
  return command.type === 'new-order'
    ? { clientOrderId: command.clientOrderId, instrument, venueOrderId: null, attachedTo: null }
    : { clientOrderId: command.target, instrument, venueOrderId: command.targetVenueOrderId, attachedTo: null }
}

// What reduces exposure or protects it may use the reserve of the request budget.
function urgencyOf(command: OrderCommand): Urgency {
  return command.type === 'cancel-order' || command.reduceOnly ? 'urgent' : 'normal'
}
