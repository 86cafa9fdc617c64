/** The operator's controls (operator-controls.ts) over the state. */
import { parseDecimal, type Decimal } from '#domain/decimal.ts'
import { VenueControlError } from '#simulators/venue/control-command.ts'
import { isOpen } from './admission.ts'
import { gridObjection } from './check-order.ts'
import { STATUS, isAlive } from './codes.ts'
import { marketOrder, sellOut } from './close.ts'
import { createAccount } from './create-state.ts'
import { enforceLimits, flatten } from './limits.ts'
import { namedAccount, namedContract, namedContracts } from './lookup.ts'
import { isStop } from './match.ts'
import type { OperatorControls } from './operator-controls.ts'
import { cancelOrder } from './orders.ts'
import { setLast } from './prices.ts'
import type { TradeRow } from './record.ts'
import { accountRow, quoteRow, tradeRow } from './rows.ts'
import type { AccountState, ContractState, VenueState } from './state.ts'
import { endStep, touch } from './step.ts'
import { setVoided } from './void-trade.ts'

export function createOperator(state: VenueState): OperatorControls {
  return { ...accountControls(state), ...marketControls(state), ...disturbances(state) }
}

function accountControls(
  state: VenueState,
): Pick<OperatorControls, 'createAccount' | 'deposit' | 'setAccount' | 'setLimits'> {
  const nameIsFree = (name: string) => {
    for (const account of state.accounts.values()) {
      if (account.name === name) throw new VenueControlError(`Expected a new name, ${name} is account ${account.id}.`)
    }
  }
  return {
    createAccount: (settings) => {
      nameIsFree(settings.name)
      return accountRow(createAccount(state, settings))
    },
    deposit: (name, amount) => {
      const account = namedAccount(state, name)
      const money = parseDecimal(amount)
      account.balance = account.balance.plus(money)
      account.deposits = account.deposits.plus(money)
      account.dayStart = account.dayStart.plus(money)
      account.highWater = account.highWater.plus(money)
      touch(state, account)
      return accountRow(account)
    },
    setAccount: (name, changes) => {
      const account = namedAccount(state, name)
      if (changes.name !== undefined && changes.name !== account.name) nameIsFree(changes.name)
      const given = Object.entries(changes).filter(([, value]) => value !== undefined)
      Object.assign(account, Object.fromEntries(given))
      if (changes.canTrade === true) account.lock = null
      touch(state, account)
      return accountRow(account)
    },
    setLimits: (name, { dailyLoss, maxLoss }) => {
      const account = namedAccount(state, name)
      if (dailyLoss !== undefined) account.dailyLoss = dailyLoss === null ? null : parseDecimal(dailyLoss)
      if (maxLoss !== undefined) account.maxLoss = maxLoss === null ? null : parseDecimal(maxLoss)
      enforceLimits(state)
      return accountRow(account)
    },
  }
}

function marketControls(state: VenueState): Pick<OperatorControls, 'setMark' | 'quote' | 'setLiquidity' | 'setRule'> {
  return {
    setMark: (name, text) => {
      const [front, ...others] = namedContracts(state, name)
      const price = gridPrice(front, text)
      for (const contract of [front, ...others]) setLast(state, contract, price)
      return quoteRow(front, state.moment)
    },
    quote: (name) => quoteRow(namedContract(state, name), state.moment),
    setLiquidity: (name, liquidity) => {
      const contracts = namedContracts(state, name)
      for (const contract of contracts) {
        contract.liquidity = { ...contract.liquidity, ...liquidity }
        contract.taken = { asks: 0, bids: 0 }
      }
      return quoteRow(contracts[0], state.moment)
    },
    setRule: (rule, value) => {
      state.rules = { ...state.rules, [rule]: value }
    },
  }
}

type Disturbances = Omit<
  OperatorControls,
  keyof ReturnType<typeof accountControls> | keyof ReturnType<typeof marketControls>
>

function disturbances(state: VenueState): Disturbances {
  return {
    trade: ({ account: name, contract: contractName, side, size }) => {
      const account = namedAccount(state, name)
      const contract = openMarket(state, contractName)
      if (!(size > 0)) throw new VenueControlError(`Expected a positive size, saw ${size}.`)
      return tradesDuring(account, () => {
        marketOrder(state, account, contract, side === 'buy' ? size : -size, 'hand')
      })
    },
    closeByHand: (name, contractName) => {
      const account = namedAccount(state, name)
      const contract = openMarket(state, contractName)
      const position = account.positions.get(contract.spec.id)
      if (position === undefined) {
        throw new VenueControlError(`Expected ${account.name} to hold ${contract.spec.id}, it is flat.`)
      }
      return tradesDuring(account, () => {
        sellOut(state, account, position, Math.abs(position.signed), 'hand')
      })
    },
    tripStop: (name, contractName) => {
      const account = namedAccount(state, name)
      const contract = openMarket(state, contractName)
      const before = contract.last
      const stop = nearestStop(account, contract)
      return tradesDuring(account, () => {
        setLast(state, contract, stop)
        endStep(state)
        setLast(state, contract, before)
      })
    },
    cancelByHand: (name, orderId) => {
      const account = namedAccount(state, name)
      const order = state.orders.get(orderId)
      if (order?.account !== account || !isAlive(order.status)) return false
      cancelOrder(state, order)
      return true
    },
    voidTrade: (tradeId, voided) => {
      const found = state.trades.get(tradeId)
      if (found === undefined) throw new VenueControlError(`Expected the id of a trade, saw ${tradeId}.`)
      setVoided(state, found.account, found.trade, voided)
      enforceLimits(state)
      return tradeRow(found.account, found.trade)
    },
    liquidate: (name) => {
      const account = namedAccount(state, name)
      return tradesDuring(account, () => flatten(state, account))
    },
  }
}

function openMarket(state: VenueState, name: string): ContractState {
  const contract = namedContract(state, name)
  if (!isOpen(state))
    throw new VenueControlError(`Expected an open market, ${contract.spec.id} is closed at this hour.`)
  return contract
}

function gridPrice(contract: ContractState, text: string): Decimal {
  const price = parseDecimal(text)
  const objection = gridObjection(contract, price)
  if (objection !== undefined) throw new VenueControlError(objection)
  return price
}

/** Stop price of the account's working stop next to the last price. */
function nearestStop(account: AccountState, contract: ContractState): Decimal {
  let nearest: Decimal | undefined
  for (const order of contract.working) {
    const { stopPrice } = order
    if (order.account !== account || order.status !== STATUS.open || !isStop(order) || stopPrice === null) continue
    const isNearer =
      nearest === undefined || stopPrice.minus(contract.last).abs().lt(nearest.minus(contract.last).abs())
    if (isNearer) nearest = stopPrice
  }
  if (nearest === undefined) {
    throw new VenueControlError(`Expected ${account.name} to have a live stop in ${contract.spec.id}, it has none.`)
  }
  return nearest
}

/** Trades the account got while `act` ran. */
function tradesDuring(account: AccountState, act: () => void): readonly TradeRow[] {
  const first = account.trades.length
  act()
  return account.trades.slice(first).map((trade) => tradeRow(account, trade))
}
