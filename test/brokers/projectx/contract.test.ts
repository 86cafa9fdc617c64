/** The broker contract on the ProjectX simulator. */
import { decimalString, toDecimalString, ZERO, decimal } from '#domain/decimal.ts'
import { type FaultRuleInput, faultRule } from '#simulators/projectx/faults/fault.ts'
import { describeBrokerContract } from '#test/brokers/broker-contract.ts'
import { READ_FAULTS_ANYWHERE, SEND_FAULTS_ANYWHERE } from '#test/brokers/contract/faults.ts'
import type { BrokerHarness, OpenHarness } from '#test/brokers/contract/harness.ts'
import { idOf } from '#test/brokers/orders.ts'
import { ownerOf } from '#brokers/projectx/tags.ts'
import { ACCOUNT_NAME, FRONT, openSimulatedAccount } from './simulated-account.ts'

type Fault = FaultRuleInput['fault']

const SEND_FAULTS: Readonly<Record<string, { readonly acted: boolean; readonly fault: Fault }>> = {
  ...SEND_FAULTS_ANYWHERE,
  'a 401': { acted: false, fault: { kind: 'unauthorized' } },
  'an unlisted error code although it was executed': {
    acted: true,
    fault: { kind: 'error-code', code: 77, processed: true },
  },
}
const SEND_PATHS = ['/api/Order/place', '/api/Order/cancel']

const READ_FAULTS: Readonly<Record<string, Fault>> = {
  ...READ_FAULTS_ANYWHERE,
  'HTTP 401 for every token': { kind: 'unauthorized' },
  'error codes': { kind: 'error-code', code: 1 },
  'bodies that are other JSON': { kind: 'garbage', body: '{"success":true,"errorCode":0,"errorMessage":null}' },
}

const open: OpenHarness = async (t) => {
  const ourClock = { aheadMs: 0 }
  const { venue, broker } = await openSimulatedAccount(t, { ourClock })
  const { operator, oracle } = venue.engine
  const arm = (rule: FaultRuleInput): number => venue.faults.add(faultRule.parse(rule))
  let readFault: number | undefined
  let nonce = 0
  const harness: BrokerHarness = {
    broker,
    instrument: 'NQZ6',
    size: decimalString('2'),
    aggressive: { buy: decimalString('20100'), sell: decimalString('19900') },
    passiveBuy: decimalString('19000'),
    stop: {
      triggerPrice: decimalString('19950'),
      limitPrice: decimalString('19900'),
      entryReference: decimalString('20000'),
    },
    refusal: () => {
      operator.setAccount(ACCOUNT_NAME, { canTrade: false })
      return {}
    },
    now: () => venue.clock.now(),
    ourClock,
    nonce: () => (nonce += 1),
    passDeadline: () => venue.clock.advance(60_000),
    sendFaults: Object.entries(SEND_FAULTS).map(([name, { acted, fault }]) => ({
      name,
      acted,
      arm: () => {
        for (const path of SEND_PATHS) {
          arm({ match: { path }, fault })
          // Later transmissions pass; the rule only counts them.
          arm({ match: { path }, fault, skip: Number.MAX_SAFE_INTEGER, count: null })
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
    hideOrderOnce: () => arm({ fault: { kind: 'hide-order' } }),
    transmissions: () => venue.faults.list().reduce((sum, rule) => sum + rule.matches, 0),
    // Refused rows do not count: the fence leaves one on purpose, and a tag is taken only once anyway.
    ordersWith: (id) =>
      oracle.ledger(ACCOUNT_NAME).orders.filter(({ order: { customTag, status } }) => {
        const { clientOrderId, attachedTo } = ownerOf(customTag)
        return status !== 5 && (clientOrderId === id || (attachedTo === idOf('a') && id === idOf('a-stop')))
      }).length,
    position: () => {
      const [held] = oracle.ledger(ACCOUNT_NAME).positions
      const size = decimal(decimalString(String(held?.size ?? 0)))
      return toDecimalString(held?.type === 2 ? ZERO.minus(size) : size)
    },
    tradeByHand: (side, size) =>
      void operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side, size: Number(size) }),
    cutStream: () => void venue.dropSockets(),
  }
  return harness
}

describeBrokerContract({
  venue: 'projectx',
  capabilities: {
    idempotentResend: true,
    fence: true,
    venueDeadline: false,
    attachedStop: true,
    reduceOnly: false,
    priceBound: false,
  },
  repeatedIds: 'refused',
  open,
  sendFaultNames: Object.keys(SEND_FAULTS),
  readFaultNames: Object.keys(READ_FAULTS),
})
