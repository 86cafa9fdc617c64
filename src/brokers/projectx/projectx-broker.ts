/**
 * Broker port on the ProjectX Gateway (TopstepX): one account of one user. Every order carries a tag that the venue takes only once,
 * so the same bytes can never make two orders, and what became of a request is read from the venue's records by that tag.
 */
import { ZERO_STRING, decimal } from '#domain/decimal.ts'
import type { AccountId } from '#domain/ids.ts'
import type { CancelOrder, NewOrder, OrderCommand, PreparedRequest } from '#domain/order.ts'
import type { Broker, Capabilities, RequestBudget, SendOutcome } from '#brokers/broker.ts'
import { BrokerUnavailable, CommandRefused } from '#brokers/errors.ts'
import { SOCKETS } from '#brokers/transport.ts'
import type { Urgency } from '#brokers/rate-limit.ts'
import { AccountReads, namedAccount, readAccounts } from './account-reads.ts'
import { ContractReads } from './contract-reads.ts'
import { PRODUCTS, instrumentOf } from './contracts.ts'
import { CAPABILITIES } from './capabilities.ts'
import { NAME_PREFIXES, checkCredentials } from './credentials.ts'
import { fenceRequest } from './fence.ts'
import { FillHistory } from './fill-history.ts'
import { LastPrices } from './last-prices.ts'
import { type ProjectXOptions, nameOf, openSession } from './options.ts'
import { OrderReads } from './order-reads.ts'
import { PositionReads } from './position-reads.ts'
import { cancelBody, cancelOfId, placeBody } from './request-body.ts'
import { RESOLVER_TERMS, type ResolverTerms, acceptedNow, lookAtTarget, resolveRequest } from './resolve.ts'
import { type SendVerdict, readSendVerdict } from './send-verdict.ts'
import type { VenueSession } from './session.ts'
import { VENUE, brokerOrderOf } from './translate.ts'
import { watchHubs } from './watch.ts'
import type { WireAccount } from './wire.ts'

const HISTORY_DAYS = 30
const PLACE = '/api/Order/place'
const CANCEL = '/api/Order/cancel'

/** Logs in, finds the account and loads the contracts. @throws BrokerUnavailable, CommandRefused when a product is unknown */
export async function openProjectXBroker(options: ProjectXOptions): Promise<Broker> {
  const session = openSession(options)
  try {
    const account = namedAccount((await readAccounts(session)).accounts, nameOf(options))
    const broker = new ProjectXBroker(options, session, account)
    await broker.loadContracts()
    return broker
  } catch (error) {
    await session.close()
    throw error
  }
}

class ProjectXBroker implements Broker {
  readonly venue = VENUE
  readonly capabilities: Capabilities = CAPABILITIES
  readonly account: AccountId
  readonly signer: string
  readonly #options: ProjectXOptions
  readonly #session: VenueSession
  readonly #account: WireAccount
  readonly #resolver: ResolverTerms
  readonly #contracts: ContractReads
  readonly #orders: OrderReads
  readonly #positions: PositionReads
  readonly #prices: LastPrices
  readonly #accounts: AccountReads
  readonly #fills: FillHistory
  #bracketRefusal: string | null = null

  constructor(options: ProjectXOptions, session: VenueSession, account: WireAccount) {
    const { clock, roots = Object.keys(PRODUCTS) } = options
    const accountId = account.id
    this.#options = options
    this.#session = session
    this.#account = account
    this.#resolver = { ...RESOLVER_TERMS, ...options.resolver }
    this.account = options.account
    // Nothing is signed with it; it only has to be this account's own.
    this.signer = encodeURIComponent(`${VENUE}-${options.userName}-${accountId}`)
    this.#positions = new PositionReads(session, accountId)
    this.#contracts = new ContractReads(session, roots, clock)
    this.#orders = new OrderReads(session, accountId, clock)
    this.#prices = new LastPrices(session, clock)
    this.#accounts = new AccountReads({
      session,
      accountId,
      positions: this.#positions,
      contracts: this.#contracts,
      prices: this.#prices,
      clock,
    })
    const pauseMs = this.#resolver.spanMs / Math.max(1, this.#resolver.lookups - 1)
    const { historyDays = HISTORY_DAYS } = options
    const terms = { account: options.account, accountId, historyDays, clock, pauseMs }
    this.#fills = new FillHistory(session, this.#orders, this.#positions, terms)
  }

  loadContracts(): Promise<void> {
    return this.#contracts.refresh(this.#accounts.held)
  }

  prepare(command: OrderCommand, { now }: { readonly nonce: number; readonly now: number }): Promise<PreparedRequest> {
    // Inside a promise chain, so that a refusal rejects instead of throwing at the caller.
    return Promise.resolve().then(() => {
      const contract = this.#contracts.contract(command.instrument)
      const accountId = this.#account.id
      if (command.type === 'new-order') this.#requireAutomatable(command)
      const body =
        command.type === 'new-order' ? placeBody(command, contract, accountId) : cancelBody(command, accountId)
      return { signer: this.signer, nonce: null, deadline: null, body, preparedAt: now }
    })
  }

  async send(request: PreparedRequest, command: OrderCommand): Promise<SendOutcome> {
    const verdict = await this.#transmit(request.body, command)
    const at = this.#options.clock()
    switch (verdict.kind) {
      case 'accepted':
        return command.type === 'new-order'
          ? await acceptedNow(this.#ports(), command, verdict.orderId)
          : await this.#canceled(command)
      case 'refused': {
        const { reason } = verdict
        return { kind: 'rejected', reason, evidence: { kind: 'definitive-rejection', at, detail: reason } }
      }
      case 'duplicate':
        return { kind: 'admitted', evidence: { kind: 'duplicate-id', at, detail: verdict.detail } }
      case 'not-sent': {
        const { detail } = verdict
        return { kind: 'rejected', reason: detail, evidence: { kind: 'not-sent', at, detail } }
      }
      case 'unknown':
        return verdict
    }
  }

  resolve: Broker['resolve'] = (request, command, { resend }) =>
    resolveRequest(this.#ports(), request, command, { ...this.#resolver, resend })

  fence: Broker['fence'] = (request) => {
    const { clock } = this.#options
    const post = async (path: typeof PLACE | typeof CANCEL, body: string): Promise<SendVerdict> =>
      readSendVerdict(await this.#session.transmit(path, body, 'urgent'), path)
    return fenceRequest(
      {
        place: (body) => post(PLACE, body),
        cancel: (orderId) => post(CANCEL, cancelOfId(orderId, this.#account.id)),
        orderById: (orderId) => this.#orders.byId(orderId, 'urgent'),
        clock,
      },
      request,
    )
  }

  readAccount: Broker['readAccount'] = () => this.#accounts.snapshot()
  listOpenOrders: Broker['listOpenOrders'] = async () => (await this.#orders.live()).map((row) => brokerOrderOf(row))
  findOrder: Broker['findOrder'] = (ref) => this.#orders.find(ref)
  listFills: Broker['listFills'] = (interval) => this.#fills.read(interval)
  // Half-turns carry the venue's realised PnL themselves; there is no second statement to check them with.
  statedPnl: Broker['statedPnl'] = () => Promise.resolve(null)

  /** The venue itemises no cash but trades. That the account answers is still asked: unavailable is never empty. */
  listCash: Broker['listCash'] = async () => {
    await this.#accounts.account()
    return []
  }

  // All fees are in USD.
  readTokenRate: Broker['readTokenRate'] = () => Promise.resolve(null)

  listInstruments: Broker['listInstruments'] = async () => {
    await this.loadContracts()
    return this.#contracts.instruments()
  }

  readMarks: Broker['readMarks'] = async () => {
    const wanted = this.#contracts.followed(this.#accounts.held)
    const prices = await Promise.all(
      wanted.map(async ({ contractId, instrument }) => [instrument, await this.#prices.of(contractId)] as const),
    )
    return new Map(prices.flatMap(([id, price]) => (price === null ? [] : [[id, price]])))
  }

  checkCredentials: Broker['checkCredentials'] = (now) =>
    checkCredentials({
      session: this.#session,
      name: { accountId: this.#account.id },
      allowLiveFunded: this.#options.allowLiveFunded === true,
      namePrefixes: this.#options.namePrefixes ?? NAME_PREFIXES,
      refused: this.#contracts.refused,
      bracketRefusal: this.#bracketRefusal,
      now,
    })

  watch: Broker['watch'] = (listener) => {
    let followed: readonly string[] = []
    return watchHubs({
      rtcUrl: this.#options.rtcUrl ?? this.#options.baseUrl,
      accountId: this.#account.id,
      token: () => this.#session.token(),
      conceal: this.#session.conceal,
      contracts: () => {
        followed = this.#contracts.followed(this.#accounts.held).map(({ contractId }) => contractId)
        return followed
      },
      onPrice: (contractId, price) => this.#prices.note(contractId, price),
      random: this.#options.random ?? Math.random,
      transport: this.#options.transport ?? SOCKETS,
      listener: (hint) => {
        if (hint.kind === 'connected') this.#prices.streaming(followed)
        if (hint.kind === 'disconnected') this.#prices.streaming([])
        listener(hint)
      },
    })
  }

  budgets(): readonly RequestBudget[] {
    return this.#session.budgets()
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  async #transmit(body: string, command: OrderCommand): Promise<SendVerdict> {
    const path = command.type === 'new-order' ? PLACE : CANCEL
    const verdict = readSendVerdict(await this.#session.transmit(path, body, urgencyOf(command)), path)
    if (verdict.kind === 'refused' && /Position Brackets/i.test(verdict.reason)) this.#bracketRefusal = verdict.reason
    return verdict
  }

  #ports(): Parameters<typeof resolveRequest>[0] {
    return {
      transmit: (body, command) => this.#transmit(body, command),
      ordersOfId: (id, from) => this.#orders.ofId(id, from, 'urgent'),
      orderById: (orderId) => this.#orders.byId(orderId, 'urgent'),
      ordersTraded: (id, from) => this.#fills.ordersTraded(id, from),
      isCovered: (command) => this.#isCovered(command),
      fence: (request) => this.fence(request, this.#options.clock()),
      clock: this.#options.clock,
    }
  }

  async #isCovered({ instrument, side, size }: NewOrder): Promise<boolean> {
    const held = (await this.#positions.open()).find(({ contractId }) => instrumentOf(contractId) === instrument)
    const signed = decimal(held?.size ?? ZERO_STRING)
    return (side === 'sell' ? signed : signed.negated()).gte(size)
  }

  /** The venue took the cancel; only its record says that the order ended, and how. */
  async #canceled(command: CancelOrder): Promise<SendOutcome> {
    try {
      const seen = await lookAtTarget(this.#ports(), command)
      return seen.kind === 'absent' ? { kind: 'unknown', observed: seen.evidence.detail } : seen
    } catch (error) {
      if (error instanceof BrokerUnavailable) return { kind: 'unknown', observed: error.message }
      throw error
    }
  }

  /** The programme forbids automating live funded accounts; what reduces exposure may still go out. */
  #requireAutomatable({ reduceOnly }: NewOrder): void {
    const { simulated, name } = this.#account
    if (simulated || reduceOnly || this.#options.allowLiveFunded === true) return
    throw new CommandRefused(
      `Account ${name} is not simulated: live funded accounts may not be automated (programme policy). ` +
        'Name a simulated account, or allow this one in the configuration.',
    )
  }
}

// What reduces exposure or protects it may use the reserve of the request limit.
function urgencyOf(command: OrderCommand): Urgency {
  return command.type === 'cancel-order' || command.reduceOnly ? 'urgent' : 'normal'
}
