/** A venue's first state, and its accounts and contracts as they come into being. */
import { parseDecimal } from '#domain/decimal.ts'
import { nextChicago } from './chicago.ts'
import { expiriesOf, nextExpiry, products, type ContractSpec } from './contracts.ts'
import { nextMoment } from './moment.ts'
import type { EngineOptions, LiquidityOptions, RuleOptions } from './options.ts'
import { DAY_START, FLAT_BY } from './session.ts'
import type { AccountState, ContractState, VenueState } from './state.ts'

const LIQUIDITY: LiquidityOptions = { halfSpreadTicks: 0.5, perLevel: null, levels: 5 }
const RULES: RuleOptions = { session: 'globex', autoLiquidation: true, entryCancelLeavesChildren: true }
/** Ids are of the venue's size: order and trade ids do not fit 32 bits signed. */
const FIRST_IDS = { account: 25_775_680, order: 3_423_462_488, trade: 3_004_518_356, position: 612_400_001 }

export function createState(options: EngineOptions): VenueState {
  const now = options.clock.now()
  return {
    clock: options.clock,
    products: products(options.products),
    liquidity: { ...LIQUIDITY, ...options.liquidity },
    rules: { ...RULES, ...options.rules },
    moment: nextMoment({ ms: 0, tick: 0 }, now),
    accounts: new Map(),
    contracts: new Map(),
    orders: new Map(),
    trades: new Map(),
    next: { ...FIRST_IDS },
    nextFlatBy: nextChicago(now, FLAT_BY),
    nextDay: nextChicago(now, DAY_START),
    nextExpiry: nextExpiry(now),
    listeners: new Set(),
    outbox: [],
    touched: new Set(),
  }
}

/** What a new account is, beside its id. */
export interface AccountSettings {
  readonly name: string
  readonly userName: string
  /** USD. */
  readonly balance: string
}

export function createAccount(state: VenueState, settings: AccountSettings): AccountState {
  const balance = parseDecimal(settings.balance)
  const account: AccountState = {
    id: state.next.account++,
    name: settings.name,
    userName: settings.userName,
    balance,
    deposits: balance,
    canTrade: true,
    isVisible: true,
    simulated: true,
    follower: false,
    brackets: 'auto-oco',
    autoLiquidate: isFirmStage(settings.name),
    dailyLoss: null,
    maxLoss: null,
    dayStart: balance,
    highWater: balance,
    lock: null,
    tags: new Set(),
    positions: new Map(),
    orders: [],
    trades: [],
    snapshots: [],
  }
  state.accounts.set(account.id, account)
  state.touched.add(account)
  return account
}

/** The contract of an id, known or expired; undefined when there is none. */
export function contractOf(state: VenueState, id: string): ContractState | undefined {
  const known = state.contracts.get(id)
  if (known !== undefined) return known
  for (const product of state.products.values()) {
    if (!id.startsWith(`CON.${product.symbolId}.`)) continue
    const spec = expiriesOf(product, state.moment.ms).find((candidate) => candidate.id === id)
    if (spec !== undefined) return enterContract(state, spec)
  }
  return undefined
}

/** The state of a contract; made with the product's price when nobody has asked for it before. */
export function enterContract(state: VenueState, spec: ContractSpec): ContractState {
  const known = state.contracts.get(spec.id)
  if (known !== undefined) return known
  const { price } = spec.product
  const contract: ContractState = {
    spec,
    last: price,
    steps: 0,
    liquidity: state.liquidity,
    taken: { asks: 0, bids: 0 },
    working: new Set(),
    open: price,
    high: price,
    low: price,
    volume: 0,
    prints: [{ ms: state.moment.ms, price, volume: 0 }],
    house: 0,
  }
  state.contracts.set(spec.id, contract)
  return contract
}

/** Trading Combine (`50KTC-…`) and Express Funded (`EXPRESS-…`) accounts are flattened by the firm (reference C4 and C6). */
function isFirmStage(name: string): boolean {
  return /^\d+KTC-|^EXPRESS-/.test(name)
}
