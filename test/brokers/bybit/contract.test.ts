/** The broker contract on the Bybit simulator. */
import { decimalString } from '#domain/decimal.ts'
import type { ClientOrderId } from '#domain/ids.ts'
import { type FaultRuleInput, faultRule } from '#simulators/bybit/faults/fault.ts'
import { describeBrokerContract } from '#test/brokers/broker-contract.ts'
import { READ_FAULTS_ANYWHERE, SEND_FAULTS_ANYWHERE } from '#test/brokers/contract/faults.ts'
import type { BrokerHarness, OpenHarness } from '#test/brokers/contract/harness.ts'
import { idOf } from '#test/brokers/orders.ts'
import { openSimulatedAccount, TRADER } from './simulated-account.ts'

type Fault = FaultRuleInput['fault']

const SEND_FAULTS: Readonly<Record<string, { readonly acted: boolean; readonly fault: Fault }>> = {
  ...SEND_FAULTS_ANYWHERE,
  'a 403 of the address': { acted: false, fault: { kind: 'ip-ban' } },
  'a 10016 without effect': { acted: false, fault: { kind: 'ret-code', code: 10016 } },
  'a 10016 although it was executed': { acted: true, fault: { kind: 'ret-code', code: 10016, processed: true } },
  'a code nobody knows': { acted: true, fault: { kind: 'ret-code', code: 987654, processed: true } },
}

const READ_FAULTS: Readonly<Record<string, Fault>> = {
  ...READ_FAULTS_ANYWHERE,
  'code 10016': { kind: 'ret-code', code: 10016 },
  'bodies that are other JSON': { kind: 'garbage', body: '{"retCode":0,"retMsg":"","result":{},"time":1}' },
}

const ORDER_PATHS = ['/v5/order/create', '/v5/order/cancel']
/** Reads of one look at an order: open, recently closed, history. */
const READS_OF_A_LOOK = 3

const open: OpenHarness = async (t) => {
  const ourClock = { aheadMs: 0 }
  const { venue, broker } = await openSimulatedAccount(t, { ourClock })
  const { operator, oracle } = venue.engine
  const arm = (rule: FaultRuleInput): number => venue.faults.add(faultRule.parse(rule))
  const countsAt = new Set<number>()
  let readFault: number | undefined
  let nonce = 0
  const childrenOf = (parent: ClientOrderId): number =>
    oracle.ledger(TRADER).orders.filter((order) => order.parentOrderLinkId === parent).length
  const harness: BrokerHarness = {
    broker,
    instrument: 'BTC-PERP',
    size: decimalString('0.01'),
    // Within the venue's price limits around its mark of 100,000.
    aggressive: { buy: decimalString('100900'), sell: decimalString('99100') },
    passiveBuy: decimalString('50000'),
    // An immediate order that meets nobody: acknowledged first, then ended by the venue.
    refusal: () => ({ limitPrice: decimalString('50000') }),
    stop: {
      triggerPrice: decimalString('90000'),
      limitPrice: decimalString('81000'),
      entryReference: decimalString('100000'),
    },
    now: () => venue.clock.now(),
    ourClock,
    nonce: () => (nonce += 1),
    passDeadline: () => venue.clock.advance(60_000),
    sendFaults: Object.entries(SEND_FAULTS).map(([name, { acted, fault }]) => ({
      name,
      acted,
      arm: () => {
        for (const path of ORDER_PATHS) {
          countsAt.add(arm({ match: { path }, fault }))
          // Later transmissions pass; the rule only counts them.
          countsAt.add(arm({ match: { path }, fault: { kind: 'delay', ms: 0 }, count: null }))
        }
      },
    })),
    readFaults: Object.entries(READ_FAULTS).map(([name, fault]) => ({
      name,
      arm: () => {
        readFault = arm({ fault, count: null })
      },
    })),
    mendReads: () => venue.faults.clear(readFault),
    hideOrderOnce: () => arm({ fault: { kind: 'hide-order' }, count: READS_OF_A_LOOK }),
    transmissions: () =>
      venue.faults
        .list()
        .filter(({ id }) => countsAt.has(id))
        .reduce((sum, rule) => sum + rule.matches, 0),
    // The stop that rides along has no id of its own here: it is known by its parent.
    ordersWith: (id) => (id === idOf('a-stop') ? childrenOf(idOf('a')) : oracle.ordersByLinkId(TRADER, id).length),
    position: () =>
      oracle.ledger(TRADER).positions.find(({ symbol }) => symbol === 'BTCUSDT')?.size ?? decimalString('0'),
    tradeByHand: (side, size) => void operator.tradeByHand(TRADER, 'BTCUSDT', side === 'buy' ? 'Buy' : 'Sell', size),
    cutStream: () => void venue.dropSockets(),
  }
  return harness
}

describeBrokerContract({
  venue: 'bybit',
  capabilities: {
    idempotentResend: true,
    fence: false,
    venueDeadline: true,
    attachedStop: true,
    reduceOnly: true,
    priceBound: true,
  },
  repeatedIds: 'refused',
  open,
  sendFaultNames: Object.keys(SEND_FAULTS),
  readFaultNames: Object.keys(READ_FAULTS),
})
