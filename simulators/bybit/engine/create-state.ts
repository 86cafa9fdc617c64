/** A new venue: its markets, no accounts, nothing traded. */
import { Decimal, parseDecimal, ZERO } from '#domain/decimal.ts'
import { nextFunding } from './funding.ts'
import { LISTED, type ListedInstrument } from './instrument.ts'
import type { EngineOptions } from './options.ts'
import type { AccountState, MarketState, VenueState } from './state.ts'

const QUOTES = { levels: 20, halfSpreadBps: 1, stepBps: 1, levelUsd: 200_000 }
const FUNDING_RATE = '0.0001'
const FIRST_UID = 100_001

/** The state of a venue before its first step. */
export function createState(options: EngineOptions): VenueState {
  const time = options.clock.now()
  return {
    clock: options.clock,
    seed: options.seed,
    quotes: { ...QUOTES, ...options.quotes },
    takerFee: parseDecimal(options.takerFee ?? '0.00055'),
    makerFee: parseDecimal(options.makerFee ?? '0.0002'),
    mntPrice: parseDecimal(options.mntPrice ?? '1'),
    unvalued: new Set(),
    ackDelayMs: options.ackDelayMs ?? 0,
    priceLimits: options.priceLimits ?? true,
    time,
    markets: new Map(LISTED.map((listed) => [listed.instrument.symbol, createMarket(listed)])),
    accounts: new Map(),
    pending: [],
    nextFundingAt: nextFunding(time),
    ids: 0,
    listeners: new Set(),
    outbox: [],
    touchedWallets: new Set(),
    armed: new Set(),
  }
}

/** A new account without money. */
export function createAccountState(state: VenueState, name: string, feeCoin: AccountState['feeCoin']): AccountState {
  return {
    name,
    uid: FIRST_UID + state.accounts.size,
    feeCoin,
    balances: new Map([['USDT', ZERO]]),
    positions: new Map(),
    orders: [],
    byId: new Map(),
    byLinkId: new Map(),
    executions: [],
    ledger: [],
    closedPnl: new Map(),
    recentSince: 0,
  }
}

function createMarket({ instrument, mark }: ListedInstrument): MarketState {
  const price = new Decimal(mark)
  return {
    instrument,
    mark: price,
    last: price,
    index: price,
    fundingRate: new Decimal(FUNDING_RATE),
    steps: 0,
    depth: null,
    seq: 0,
    house: ZERO,
    open: new Set(),
  }
}
