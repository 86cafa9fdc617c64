/** The broker contract on the Hyperliquid simulator. */
import { decimalString } from '#domain/decimal.ts'
import { type FaultRuleInput, faultRule } from '#simulators/hyperliquid/faults/fault.ts'
import { describeBrokerContract } from '#test/brokers/broker-contract.ts'
import { READ_FAULTS_ANYWHERE, SEND_FAULTS_ANYWHERE } from '#test/brokers/contract/faults.ts'
import type { BrokerHarness, OpenHarness } from '#test/brokers/contract/harness.ts'
import { MASTER, openSimulatedAccount } from './simulated-account.ts'

type Fault = FaultRuleInput['fault']

const READ_FAULTS: Readonly<Record<string, Fault>> = {
  ...READ_FAULTS_ANYWHERE,
  'bodies that are other JSON': { kind: 'garbage', body: '{"status":"ok","response":{}}' },
}

const open: OpenHarness = async (t) => {
  const ourClock = { aheadMs: 0 }
  const { venue, broker, nonce } = await openSimulatedAccount(t, { ourClock })
  const { operator, oracle } = venue.engine
  const arm = (rule: FaultRuleInput): number => venue.faults.add(faultRule.parse(rule))
  let readFault: number | undefined
  const harness: BrokerHarness = {
    broker,
    instrument: 'BTC-PERP',
    size: decimalString('0.01'),
    aggressive: { buy: decimalString('105000'), sell: decimalString('95000') },
    passiveBuy: decimalString('50000'),
    stop: {
      triggerPrice: decimalString('90000'),
      limitPrice: decimalString('81000'),
      entryReference: decimalString('100000'),
    },
    // Immediate or nothing, at a price that nobody trades.
    refusal: () => ({ limitPrice: decimalString('50000') }),
    now: () => venue.clock.now(),
    ourClock,
    nonce,
    passDeadline: () => venue.clock.advance(60_000),
    sendFaults: Object.entries(SEND_FAULTS_ANYWHERE).map(([name, { acted, fault }]) => ({
      name,
      acted,
      arm: () => {
        arm({ match: { path: '/exchange' }, fault })
        // Later transmissions pass; the rule only counts them.
        arm({ match: { path: '/exchange' }, fault: { kind: 'delay', ms: 0 }, count: null })
      },
    })),
    readFaults: Object.entries(READ_FAULTS).map(([name, fault]) => ({
      name,
      arm: () => {
        readFault = arm({ match: { path: '/info' }, fault, count: null })
      },
    })),
    mendReads: () => venue.faults.clear(readFault),
    hideOrderOnce: () => arm({ match: { info: 'orderStatus' }, fault: { kind: 'unknown-oid' } }),
    transmissions: () => venue.faults.list().reduce((sum, rule) => sum + rule.matches, 0),
    ordersWith: (id) => oracle.ordersByCloid(MASTER, `0x${id}`).length,
    position: () => oracle.ledger(MASTER).positions.find(({ coin }) => coin === 'BTC')?.szi ?? decimalString('0'),
    tradeByHand: (side, sz) => void operator.trade({ user: MASTER, coin: 'BTC', side: side === 'buy' ? 'B' : 'A', sz }),
    cutStream: () => void venue.dropSockets(),
  }
  return harness
}

describeBrokerContract({
  venue: 'hyperliquid',
  capabilities: {
    idempotentResend: true,
    fence: true,
    venueDeadline: true,
    attachedStop: true,
    reduceOnly: true,
    priceBound: true,
  },
  repeatedIds: 'taken',
  open,
  sendFaultNames: Object.keys(SEND_FAULTS_ANYWHERE),
  readFaultNames: Object.keys(READ_FAULTS),
})
