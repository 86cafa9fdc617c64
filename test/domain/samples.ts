/** Plain rows for tests of the decisions; each test changes only what it is about. */
import type { AccountRow } from '#domain/account.ts'
import { type DecimalString, decimalString } from '#domain/decimal.ts'
import { clientOrderIdOf, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { BrokerOrder } from '#domain/order.ts'
import type { GatePolicy, PacePolicy } from '#domain/policy.ts'
import type { PositionRow } from '#domain/position.ts'
import { type OpenSignal, signalSchema } from '#domain/signal.ts'

export const NOW = 1_800_000_000_000
export const POSITION = positionIdOf(signalKeyOf('test', 'one'), 'account')
export const d = (text: string): DecimalString => decimalString(text)

/** BTC as Hyperliquid states it: lot 0.00001, one decimal, five significant figures. */
export const BTC: Instrument = {
  root: null,
  expiresAt: null,
  rollsAt: null,
  calendar: null,
  active: true,
  maxSize: null,
  tick: null,
  instrument: 'BTC-PERP',
  venueSymbol: 'BTC',
  lot: d('0.00001'),
  priceDecimals: 1,
  priceSignificant: 5,
  minNotional: d('10'),
  multiplier: d('1'),
  maxLeverage: 40,
}

/** NQ as CME states it: whole contracts, quarter points, 20 USD a point; no smallest order value. */
export const NQ: Instrument = {
  ...BTC,
  instrument: 'NQZ6',
  venueSymbol: 'CON.F.US.ENQ.Z26',
  root: 'NQ',
  expiresAt: NOW + 30 * 86_400_000,
  rollsAt: NOW + 26 * 86_400_000,
  calendar: 'cme-equity-index',
  lot: d('1'),
  maxSize: d('10'),
  tick: d('0.25'),
  priceDecimals: 2,
  priceSignificant: null,
  minNotional: d('0'),
  multiplier: d('20'),
}

export const GATES: GatePolicy = {
  instruments: ['*'],
  maxPositions: 3,
  maxOrderNotional: d('10000'),
  maxExposure: d('2'),
  maxDrawdown: d('0.2'),
  maxDailyLoss: d('500'),
  priceCollarBps: 200,
  maxEntriesPerMinute: 5,
  stopRequired: true,
}

export const PACE: PacePolicy = {
  monitorMs: 5000,
  lookMs: 15_000,
  settleMs: 1000,
  markMaxAgeMs: 3000,
  exitSlippageBps: 100,
  trailStepBps: 5,
  nakedAlertMs: 10_000,
}

export function anAccount(change: Partial<AccountRow> = {}): AccountRow {
  return {
    account: 'account',
    venue: 'hyperliquid',
    state: 'active',
    exposures: {},
    locks: {},
    highWaterMark: null,
    dayStart: null,
    recentEntries: [],
    updatedAt: NOW,
    ...change,
  }
}

export function aSignal(change: object = {}): OpenSignal {
  const signal = signalSchema.parse({
    kind: 'open',
    signal_id: 'one',
    source: 'test',
    strategy: 'test',
    ts: NOW,
    instrument: 'BTC-PERP',
    side: 'long',
    size: { type: 'contracts', value: '0.05' },
    stop_loss: { distance_bps: 200 },
    ...change,
  })
  if (signal.kind !== 'open') throw new TypeError('Expected an open signal.')
  return signal
}

/** A long of 1 contract at 100 with a confirmed native stop at 95. */
export function aPosition(change: Partial<PositionRow> = {}): PositionRow {
  const stop = clientOrderIdOf(POSITION, 'stop', 0)
  return {
    positionId: POSITION,
    signalKey: signalKeyOf('test', 'one'),
    account: 'account',
    instrument: 'BTC-PERP',
    strategy: 'test',
    side: 'long',
    state: 'open',
    open: true,
    plannedSize: d('1'),
    size: d('1'),
    entryAverage: d('100'),
    exitAverage: null,
    entrySettled: true,
    discipline: { stopLoss: d('95'), takeProfit: null, trail: null, maxHoldMs: null, entryTimeoutMs: 0 },
    bestMark: d('100'),
    nativeStop: { clientOrderId: stop, leg: 0, triggerPrice: d('95'), size: d('1'), confirmedAt: NOW },
    nakedSince: null,
    nakedMs: 0,
    orders: [
      { clientOrderId: clientOrderIdOf(POSITION, 'entry', 0), event: 'entry', leg: 0 },
      { clientOrderId: stop, event: 'stop', leg: 0 },
    ],
    exit: null,
    exitReason: null,
    orphaned: false,
    realised: null,
    afterClose: null,
    createdAt: NOW - 1000,
    openedAt: NOW - 900,
    closedAt: null,
    updatedAt: NOW,
    ...change,
  }
}

export function aBrokerOrder(change: Partial<BrokerOrder> = {}): BrokerOrder {
  return {
    clientOrderId: clientOrderIdOf(POSITION, 'stop', 0),
    venueOrderId: '7',
    instrument: 'BTC-PERP',
    side: 'sell',
    originalSize: d('1'),
    leavesSize: d('1'),
    limitPrice: d('94'),
    reduceOnly: true,
    trigger: { kind: 'stop', triggerPrice: d('95') },
    status: 'working',
    venueStatus: 'open',
    placedAt: NOW,
    statusAt: NOW,
    ...change,
  }
}
