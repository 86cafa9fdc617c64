/** Accounts: making them, finding them, their positions and leverage settings, and their cash movements. */
import { type Decimal, ZERO, toDecimalString } from '#domain/decimal.ts'
import type { Address } from './action.ts'
import type { PerpInstrument } from './instrument.ts'
import type { LedgerDelta } from './record.ts'
import type { AccountState, LeverageSetting, Position, VenueState } from './state.ts'
import { currentHash, emit, touchAccount } from './step.ts'

const DEFAULT_LEVERAGE = 20

export function newAccount(
  address: Address,
  kind: AccountState['kind'],
  master: Address | null = null,
  subAccountName: string | null = null,
): AccountState {
  return {
    address,
    kind,
    master,
    subAccountName,
    cash: ZERO,
    spotUsdc: ZERO,
    positions: new Map(),
    leverage: new Map(),
    open: new Map(),
    orders: [],
    byCloid: new Map(),
    fills: [],
    funding: [],
    updates: [],
    builderFees: new Map(),
    vaultEquity: new Map(),
    volume: ZERO,
    abstraction: 'default',
    scheduledCancel: null,
    scheduleDay: -1,
    scheduleTriggersToday: 0,
    agentRemovedAt: Number.NEGATIVE_INFINITY,
  }
}

/** The account, made on first sight. */
export function ensureAccount(state: VenueState, address: Address): AccountState {
  let account = state.accounts.get(address)
  if (account === undefined) {
    account = newAccount(address, 'user')
    state.accounts.set(address, account)
  }
  return account
}

/** The account or the market maker. @throws Error when the engine lost an account it refers to (a bug) */
export function accountOf(state: VenueState, address: Address): AccountState {
  if (address === state.house.address) return state.house
  const account = state.accounts.get(address)
  if (account === undefined) throw new Error(`Expected account ${address} to exist; the engine refers to it.`)
  return account
}

/** Leverage in force for a coin: as set, else cross 20x capped by the instrument. */
export function leverageOf(account: AccountState, instrument: PerpInstrument): LeverageSetting {
  return (
    account.leverage.get(instrument.name) ?? {
      isCross: instrument.onlyIsolated !== true,
      value: Math.min(DEFAULT_LEVERAGE, instrument.maxLeverage),
    }
  )
}

export function newPosition(instrument: PerpInstrument): Position {
  return {
    instrument,
    szi: ZERO,
    cost: ZERO,
    isolatedMargin: ZERO,
    cumFundingAllTime: ZERO,
    cumFundingSinceOpen: ZERO,
    cumFundingSinceChange: ZERO,
  }
}

/** Signed contracts held. */
export function heldSize(account: AccountState, coin: string): Decimal {
  return account.positions.get(coin)?.szi ?? ZERO
}

/** Moves cash for a reason other than trading and funding, with its ledger row. `effect` is signed USDC. */
export function moveCash(state: VenueState, account: AccountState, effect: Decimal, delta: LedgerDelta): void {
  account.cash = account.cash.plus(effect)
  const update = { time: state.time, hash: currentHash(state), delta, effect: toDecimalString(effect) }
  account.updates.push(update)
  emit(state, () => ({ type: 'ledgerUpdate', user: account.address, update }))
  touchAccount(state, account.address)
}
