/** A view of a small installation for tests of blast radii; each test changes only what it is about. */
import type { AccountRow } from '#domain/account.ts'
import type { Held, OperatorView } from '#domain/operator/view.ts'
import type { IntentRow } from '#domain/order.ts'
import { type AlertRow, type SweepRow } from '#domain/records.ts'
import { NOW, anAccount } from '../samples.ts'

export function held<Row>(id: string, row: Row): Held<Row> {
  return { id, row }
}

/** Two accounts, both swept and clean; `alpha` takes every strategy, `beta` only `trend`. */
export function aView(change: Partial<OperatorView> = {}): OperatorView {
  return {
    accounts: [viewed('alpha', ['*']), viewed('beta', ['trend'])],
    positions: [],
    intents: [],
    controls: [],
    alerts: [],
    sweeps: [aSweep('alpha'), aSweep('beta')],
    alert: null,
    dead: null,
    ...change,
  }
}

export function viewed(
  account: string,
  strategies: readonly string[],
  row: Partial<AccountRow> = {},
): OperatorView['accounts'][number] {
  return { account, venue: 'hyperliquid', strategies, held: held(account, anAccount({ account, ...row })) }
}

export function anAlert(change: Partial<AlertRow> = {}): AlertRow {
  return {
    alertId: 'alert-1',
    severity: 'critical',
    kind: 'orphan',
    account: 'alpha',
    instrument: 'BTC-PERP',
    positionId: null,
    title: 'BTC-PERP was closed elsewhere',
    detail: 'by fill 7',
    raisedAt: NOW,
    resolvedAt: null,
    deliveredAt: null,
    active: true,
    ...change,
  }
}

export function aSweep(account: string, change: Partial<SweepRow> = {}): Held<SweepRow> {
  return held(`sweep-${account}`, {
    sweepId: `sweep-${account}`,
    account,
    trigger: 'scheduled',
    startedAt: NOW,
    finishedAt: NOW,
    complete: true,
    findings: [],
    requeued: 0,
    provenFrom: null,
    provenThrough: null,
    detail: 'no drift',
    ...change,
  })
}

/** Only what a decision about unknown orders looks at. */
export function anUnknownIntent(account: string): Held<IntentRow> {
  return held('intent', { account, state: 'unknown', settled: false } as IntentRow)
}
