/** Builds the state of a new venue, and lists instruments in it. */
import { Decimal, ZERO, parseDecimal, toDecimalString } from '#domain/decimal.ts'
import { newAccount } from './account.ts'
import { nextHour } from './funding.ts'
import type { InstrumentSpec, PerpInstrument, SpotPair } from './instrument.ts'
import { VenueControlError } from '#simulators/venue/control-command.ts'
import type { LimitOptions, QuoteOptions, RuleOptions, VenueOptions } from './options.ts'
import { createRandom } from './random.ts'
import type { CoinState, VenueState } from './state.ts'

/** Address of the synthetic market maker, who is also the liquidator and the other side of imported fills. */
export const HOUSE_ADDRESS = '0x00000000000000000000000000000000000a11ce'

const DEFAULT_SEED = 1
const FIRST_OID = 100_000_000_000
const DEFAULT_FUNDING_RATE = '0.0000125'

export const DEFAULT_UNIVERSE: readonly InstrumentSpec[] = [
  { name: 'BTC', szDecimals: 5, maxLeverage: 40, markPx: '100000' },
  { name: 'ETH', szDecimals: 4, maxLeverage: 25, markPx: '3500' },
  { name: 'SOL', szDecimals: 2, maxLeverage: 20, markPx: '180' },
  { name: 'HYPE', szDecimals: 2, maxLeverage: 10, markPx: '35' },
]

const SPOT_PAIRS: readonly SpotPair[] = [
  { asset: 10_000, index: 0, name: 'PURR/USDC', base: 'PURR', quote: 'USDC', szDecimals: 0 },
  { asset: 10_107, index: 107, name: '@107', base: 'HYPE', quote: 'USDC', szDecimals: 2 },
]

const DEFAULT_QUOTES: QuoteOptions = {
  halfSpreadBps: '1',
  stepBps: '2',
  levels: 5,
  levelUsd: '50000',
  jitter: '0.2',
  refill: 'action',
}
const DEFAULT_LIMITS: LimitOptions = {
  fillsPerAnswer: 2000,
  fillsRetained: 10_000,
  ordersPerAnswer: 2000,
  ledgerPerAnswer: 500,
  openOrders: 1000,
}
const DEFAULT_RULES: RuleOptions = {
  acceptRestingDuplicateCloid: true,
  reduceOnlyExemptFromMinimum: true,
  reduceOnlyOversize: 'reject',
  triggerNeedsPosition: true,
  childrenOnPartialCancel: 'cancel',
  modifyNeedsAlwaysPlace: true,
  postOnlyWindow: false,
  nonceWindowSlackMs: 0,
}

export function createState(options: VenueOptions): VenueState {
  const seed = options.seed ?? DEFAULT_SEED
  const now = options.clock.now()
  const state: VenueState = {
    clock: options.clock,
    seed,
    random: createRandom(seed),
    quotes: { ...DEFAULT_QUOTES, ...options.quotes },
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    rules: { ...DEFAULT_RULES, ...options.rules },
    takerFee: new Decimal(options.takerFee ?? '0.00045'),
    makerFee: new Decimal(options.makerFee ?? '0.00015'),
    time: now,
    perps: [],
    spotPairs: [...SPOT_PAIRS],
    coins: new Map(),
    accounts: new Map(),
    house: newAccount(HOUSE_ADDRESS, 'house'),
    agents: new Map(),
    nonces: new Map(),
    actions: [],
    paths: [],
    scheduled: new Set(),
    nextFundingAt: nextHour(now),
    nextOid: FIRST_OID,
    nextLid: 1,
    nextSubAccount: 0,
    transactions: 0,
    transactionHash: null,
    listeners: new Set(),
    armedCoins: new Set(),
    outbox: [],
    touchedAccounts: new Set(),
    touchedBooks: new Set(),
    batches: 0,
  }
  for (const spec of options.universe ?? DEFAULT_UNIVERSE) listInstrument(state, spec)
  return state
}

/** Lists a perpetual at the end of the universe. @throws VenueControlError when the name is taken or the price is not positive */
export function listInstrument(state: VenueState, spec: InstrumentSpec): PerpInstrument {
  if (state.coins.has(spec.name)) {
    throw new VenueControlError(`Expected a new coin name, saw ${spec.name}, which is listed already.`)
  }
  const mark = parseDecimal(spec.markPx)
  if (!mark.gt(0)) throw new VenueControlError(`Expected a positive mark price for ${spec.name}, saw ${spec.markPx}.`)
  const instrument: PerpInstrument = {
    asset: state.perps.length,
    name: spec.name,
    szDecimals: spec.szDecimals,
    maxLeverage: spec.maxLeverage,
    ...(spec.onlyIsolated === true ? { onlyIsolated: true } : {}),
  }
  state.perps.push(instrument)
  state.coins.set(spec.name, newCoin(instrument, mark, state.time))
  return instrument
}

function newCoin(instrument: PerpInstrument, mark: Decimal, now: number): CoinState {
  return {
    instrument,
    mark,
    oracle: mark,
    openPx: mark,
    fundingRate: new Decimal(DEFAULT_FUNDING_RATE),
    bids: [],
    asks: [],
    triggers: [],
    quoting: true,
    quotesStale: true,
    ladder: [],
    ladderMark: null,
    realResting: 0,
    holders: new Set(),
    trades: [],
    markSteps: 0,
    marks: [{ time: now, px: toDecimalString(mark) }],
    fundingHistory: [],
    volumeNotional: ZERO,
    volumeBase: ZERO,
  }
}
