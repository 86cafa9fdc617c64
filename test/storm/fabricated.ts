/** The evidence of a storm that never was: one account, one signal, one position from entry to exit, everything as it must be. */
import type { AlertKind } from '#domain/alert-kinds.ts'
import { clientOrderIdOf, positionIdOf, signalKeyOf } from '#domain/ids.ts'
import type { IntentRow, NewOrder } from '#domain/order.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AlertRow, AuditRow, SweepRow } from '#domain/records.ts'
import type { TrueFill, TrueOrder } from '#simulators/venue/simulated-venue.ts'
import type { AccountEvidence, Evidence } from '#storm/evidence.ts'
import { NOW, aPosition, aSignal, d } from '#test/domain/samples.ts'

const ACCOUNT = 'one'
const KEY = signalKeyOf('test', 'one')
export const POSITION = positionIdOf(KEY, ACCOUNT)
export const ENTRY = clientOrderIdOf(POSITION, 'entry', 0)
export const EXIT = clientOrderIdOf(POSITION, 'exit', 0)

/** A fill at the venue, 1 BTC at 100. */
export function aFill(change: Partial<TrueFill> = {}): TrueFill {
  return {
    symbol: 'BTC',
    side: 'buy',
    price: '100',
    size: '1',
    time: NOW,
    closedPnl: '0',
    fee: '0.1',
    orderId: '1',
    clientOrderId: `0x${ENTRY}`,
    voided: false,
    ...change,
  }
}

export function anOrder(change: Partial<TrueOrder> = {}): TrueOrder {
  return {
    orderId: '1',
    clientOrderId: `0x${ENTRY}`,
    symbol: 'BTC',
    side: 'buy',
    size: '1',
    working: false,
    rejected: false,
    ...change,
  }
}

export const ENTERED = aFill()
export const EXITED = aFill({
  side: 'sell',
  price: '110',
  time: NOW + 1000,
  closedPnl: '10',
  orderId: '2',
  clientOrderId: `0x${EXIT}`,
})

const CLOSED: PositionRow = {
  ...aPosition(),
  positionId: POSITION,
  account: ACCOUNT,
  state: 'closed',
  open: false,
  size: d('0'),
  orders: [
    { clientOrderId: ENTRY, event: 'entry', leg: 0 },
    { clientOrderId: EXIT, event: 'exit', leg: 0 },
  ],
  exitReason: 'signal',
  realised: { gross: d('10'), fees: d('0.2'), funding: d('0'), net: d('9.8'), provisional: false },
  openedAt: NOW,
  closedAt: NOW + 1000,
}

function anIntent(intentId: IntentRow['intentId'], event: 'entry' | 'exit'): IntentRow {
  const command: NewOrder = {
    type: 'new-order',
    clientOrderId: intentId,
    instrument: 'BTC-PERP',
    side: event === 'entry' ? 'buy' : 'sell',
    size: d('1'),
    limitPrice: d('100'),
    timeInForce: 'ioc',
    reduceOnly: event === 'exit',
    trigger: null,
    attachedStop: null,
  }
  return {
    intentId,
    positionId: POSITION,
    account: ACCOUNT,
    instrument: 'BTC-PERP',
    event,
    leg: 0,
    command,
    state: 'accepted',
    settled: true,
    request: null,
    evidence: [{ kind: 'acknowledgement', at: NOW, detail: 'filled' }],
    createdAt: NOW,
    sendBefore: null,
    sentAt: NOW,
    updatedAt: NOW,
  }
}

const TRUTH: AccountEvidence['truth'] = {
  positions: [],
  fills: [ENTERED, EXITED],
  orders: [anOrder(), anOrder({ orderId: '2', clientOrderId: `0x${EXIT}`, side: 'sell' })],
  equity: '1009.8',
  funding: '0',
  fundingPayments: [],
}

const EQUITY = { account: ACCOUNT, brokerEquity: d('1009.8'), unexplained: d('0') } as NonNullable<
  AccountEvidence['equity']
>

/** Changes of the evidence, by the part they are about. */
export interface Change {
  readonly truth?: Partial<AccountEvidence['truth']>
  readonly account?: Partial<AccountEvidence>
  readonly position?: Partial<PositionRow>
  readonly intent?: Partial<IntentRow>
  readonly book?: Partial<Evidence['book']>
  readonly evidence?: Partial<Evidence>
}

export function evidenceWith({ truth, account, position, intent, book, evidence }: Change = {}): Evidence {
  const signal = aSignal({ strategy: 'coins' })
  return {
    signals: [{ signal, acknowledged: { signalKey: KEY, accounts: [ACCOUNT] } }],
    deeds: [],
    acts: [],
    skews: [],
    accounts: [
      {
        id: ACCOUNT,
        venue: 'hyperliquid',
        strategy: 'coins',
        limits: { maxPositions: 1, maxOrderNotional: '200', maxExposure: '1', maxContracts: null },
        truth: { ...TRUTH, ...truth },
        equity: EQUITY,
        locked: [],
        ignored: [],
        ...account,
      },
    ],
    book: {
      signals: [
        {
          signalKey: KEY,
          signal,
          payloadHash: '',
          accounts: [ACCOUNT],
          positionIds: [POSITION],
          receivedAt: NOW,
        },
      ],
      routed: [
        {
          idempotencyKey: `${POSITION}.route` as never,
          stage: 'route',
          account: ACCOUNT,
          positionId: POSITION,
          outcome: { result: 'done', detail: '' },
          at: NOW,
        },
      ],
      positions: [{ ...CLOSED, ...position }],
      intents: [{ ...anIntent(ENTRY, 'entry'), ...intent }, anIntent(EXIT, 'exit')],
      orders: [],
      ledger: [],
      alerts: [],
      sweeps: [],
      records: [],
      ...book,
    },
    unrest: { open: [], flat: [] },
    openDifferences: [],
    openAtRest: [],
    standstillMs: 0,
    changedByReplay: [],
    recordFaults: [],
    recoveries: [],
    crashes: [],
    happenings: [],
    ...evidence,
  }
}

export function anAlert(kind: AlertKind, change: Partial<AlertRow> = {}): AlertRow {
  return {
    alertId: `alert-${kind}`,
    severity: 'critical',
    kind,
    account: ACCOUNT,
    instrument: 'BTC-PERP',
    positionId: null,
    title: '',
    detail: '',
    raisedAt: NOW + 2000,
    resolvedAt: null,
    deliveredAt: NOW + 2000,
    active: true,
    ...change,
  }
}

/** A complete sweep of the account, from 5 to 6 s. */
export const SWEEP: SweepRow = {
  sweepId: 'sweep',
  account: ACCOUNT,
  trigger: 'scheduled',
  startedAt: NOW + 5000,
  finishedAt: NOW + 6000,
  complete: true,
  findings: [],
  requeued: 0,
  provenFrom: null,
  provenThrough: null,
  detail: '',
}

/** A record of the account's chain, or of another subject's. */
export function record(decision: string, seq: number, change: Partial<AuditRow> = {}): AuditRow {
  return {
    auditId: `${decision}-${seq}`,
    subjectKind: 'accounts',
    subject: ACCOUNT,
    seq,
    previous: null,
    hash: '',
    at: NOW,
    actor: 'operator',
    decision,
    inputs: {},
    ...change,
  }
}
