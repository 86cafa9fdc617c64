/** The operator's controls (operator-controls.ts) over the state: each call is one step of the venue, or several for a price there and back. */
import type { Decimal } from '#domain/decimal.ts'
import { parseDecimal, toDecimalString } from '#domain/decimal.ts'
import { ensureAccount, moveCash, newAccount } from './account.ts'
import { enterAgent, removeAgent } from './agents.ts'
import { listInstrument } from './create-state.ts'
import { closeByHand, tradeByHand } from './hand-trade.ts'
import { importFills } from './import-fills.ts'
import { deleverage, liquidatePosition } from './liquidation.ts'
import { moveMark } from './marks.ts'
import { VenueControlError } from '#simulators/venue/control-command.ts'
import type { OperatorControls } from './operator-controls.ts'
import { cancelOrder } from './order-group.ts'
import { startPath } from './price-path.ts'
import { staleQuotes } from './quotes.ts'
import type { Fill } from './record.ts'
import type { AccountState, CoinState, Order, Position, VenueState } from './state.ts'
import { emit, endStep, touchAccount } from './step.ts'

function listed(state: VenueState, name: string): CoinState {
  const coin = state.coins.get(name)
  if (coin === undefined) {
    throw new VenueControlError(`Expected one of ${[...state.coins.keys()].join(', ')}, saw coin ${name}.`)
  }
  return coin
}

function positivePrice(text: string): Decimal {
  const px = parseDecimal(text)
  if (!px.gt(0)) throw new VenueControlError(`Expected a positive price, saw ${text}.`)
  return px
}

function heldPosition(state: VenueState, user: string, coin: string): { account: AccountState; position: Position } {
  const account = state.accounts.get(user)
  const position = account?.positions.get(coin)
  if (account === undefined || position === undefined || position.szi.isZero()) {
    throw new VenueControlError(`Expected ${user} to hold ${coin}, it is flat.`)
  }
  return { account, position }
}

/** Fills the account got while `act` ran. */
function fillsDuring(account: AccountState, act: () => void): readonly Fill[] {
  const first = account.fills.length
  act()
  return account.fills.slice(first)
}

function nearestStop(user: string, coin: CoinState): Decimal {
  const stops = coin.triggers.filter((order) => order.user === user && order.trigger?.tpsl === 'sl')
  const distance = (order: Order): Decimal => (order.trigger?.triggerPx ?? coin.mark).minus(coin.mark).abs()
  const nearest = stops.reduce<Order | undefined>(
    (best, order) => (best === undefined || distance(order).lt(distance(best)) ? order : best),
    undefined,
  )
  if (nearest?.trigger == null) {
    throw new VenueControlError(`Expected ${user} to have a live stop in ${coin.instrument.name}, it has none.`)
  }
  return nearest.trigger.triggerPx
}

export function createOperator(state: VenueState): OperatorControls {
  return { ...accountControls(state), ...marketControls(state), ...disturbances(state) }
}

type AccountControls = Pick<
  OperatorControls,
  'createAccount' | 'deposit' | 'approveAgent' | 'pruneAgent' | 'createVault' | 'setAbstraction' | 'setVolume'
>

function accountControls(state: VenueState): AccountControls {
  const ensureUser = (user: string): AccountState => {
    if (state.agents.has(user)) throw new VenueControlError(`Expected a master address, ${user} is an agent.`)
    return ensureAccount(state, user)
  }
  return {
    createAccount: (user) => {
      touchAccount(state, ensureUser(user).address)
    },
    deposit: (user, usdc) => {
      const amount = parseDecimal(usdc)
      if (!amount.gt(0)) throw new VenueControlError(`Expected a positive deposit, saw ${usdc}.`)
      moveCash(state, ensureUser(user), amount, { type: 'deposit', usdc: toDecimalString(amount) })
    },
    approveAgent: (master, agent, name, validUntil) => {
      ensureUser(master)
      if (state.accounts.has(agent)) throw new VenueControlError(`Expected an agent address, ${agent} is an account.`)
      enterAgent(state, { address: agent, master, name, validUntil })
    },
    pruneAgent: (agent) => {
      removeAgent(state, agent)
    },
    createVault: (address) => {
      if (state.accounts.has(address)) throw new VenueControlError(`Expected a new address, ${address} is an account.`)
      state.accounts.set(address, newAccount(address, 'vault'))
    },
    setAbstraction: (user, mode) => {
      ensureUser(user).abstraction = mode
    },
    setVolume: (user, usd) => {
      ensureUser(user).volume = parseDecimal(usd)
    },
  }
}

type MarketControls = Pick<
  OperatorControls,
  'addInstrument' | 'setMark' | 'setOracle' | 'setFundingRate' | 'setQuoting' | 'follow' | 'setRule'
>

function marketControls(state: VenueState): MarketControls {
  return {
    addInstrument: (spec) => listInstrument(state, spec),
    setMark: (name, px) => {
      moveMark(state, listed(state, name), positivePrice(px))
    },
    setOracle: (name, px) => {
      listed(state, name).oracle = positivePrice(px)
      emit(state, () => ({ type: 'market', coin: name }))
    },
    setFundingRate: (name, rate) => {
      listed(state, name).fundingRate = parseDecimal(rate)
      emit(state, () => ({ type: 'market', coin: name }))
    },
    setQuoting: (name, quoting) => {
      const coin = listed(state, name)
      coin.quoting = quoting
      staleQuotes(state, coin)
    },
    follow: (path) => {
      state.paths.push(startPath(path, listed(state, path.coin).instrument.szDecimals, state.time))
    },
    setRule: (rule, value) => {
      state.rules = { ...state.rules, [rule]: value }
    },
  }
}

type Disturbances = Pick<
  OperatorControls,
  'trade' | 'closeByHand' | 'cancelByHand' | 'tripStop' | 'liquidate' | 'autoDeleverage' | 'importFills'
>

function disturbances(state: VenueState): Disturbances {
  return {
    trade: (trade) => tradeByHand(state, trade),
    closeByHand: (user, coin) => closeByHand(state, user, coin),
    cancelByHand: (user, oid) => {
      const order = state.accounts.get(user)?.open.get(oid)
      if (order !== undefined) cancelOrder(state, order, 'canceled')
      return order !== undefined
    },
    tripStop: (user, name) => {
      const coin = listed(state, name)
      const before = coin.mark
      const fired = moveMark(state, coin, nearestStop(user, coin))
      endStep(state)
      moveMark(state, coin, before)
      return fired
    },
    liquidate: (user, name, method = 'market') => {
      const { account, position } = heldPosition(state, user, name)
      return fillsDuring(account, () => {
        liquidatePosition(state, account, position, method)
      })
    },
    autoDeleverage: (user, name, sz) => {
      const { account, position } = heldPosition(state, user, name)
      const amount = sz === undefined ? position.szi.abs() : parseDecimal(sz)
      return fillsDuring(account, () => {
        deleverage(state, account, position, amount)
      })
    },
    importFills: (batch) => {
      importFills(state, batch)
    },
  }
}
