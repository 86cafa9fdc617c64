/** The first screen: account by account, book and broker beside each other. */
import type { VNode } from 'preact'
import { ActionButton } from '../actions/action-button.tsx'
import { addressOf } from '../live/route.ts'
import { overview } from '../live/state.ts'
import { SeverityMark } from '../parts/marks.tsx'
import { Age } from '../parts/times.tsx'
import { AccountPanel } from './account-panel.tsx'
import { LatencyPanel } from './latency-panel.tsx'

/** Alerts named on the first screen; the rest is counted. */
const NAMED = 4

export function OverviewScreen(): VNode {
  const seen = overview.value
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>Book and broker</h1>
        <ActionButton action={{ verb: 'sweep', account: '*' }} label="Sweep all now" />
      </div>
      {seen === null && <p class="reading">Waiting for the first word of Truebook …</p>}
      {seen?.accounts.length === 0 && (
        <p class="notice">
          No account is configured. Add one under `accounts:` in the configuration file and start again.
        </p>
      )}
      <div class="accounts">
        {seen?.accounts.map((account) => (
          <AccountPanel key={account.id} account={account} staleAfter={seen.stale_after_ms} />
        ))}
      </div>
      <div class="below">
        <TopAlerts />
        <LatencyPanel />
      </div>
    </>
  )
}

function TopAlerts(): VNode {
  const alerts = overview.value?.alerts ?? []
  const rank = { critical: 0, warning: 1, info: 2 }
  const sorted = alerts.toSorted((a, b) => rank[a.severity] - rank[b.severity] || b.raisedAt - a.raisedAt)
  return (
    <section class="panel" aria-labelledby="alerts-title">
      <h2 id="alerts-title">
        <a href={addressOf('alerts')}>Alerts that stand</a> <span class="count">{alerts.length}</span>
      </h2>
      {alerts.length === 0 && <p class="quiet">None. What is wrong would stand here.</p>}
      <ul class="alert-lines">
        {sorted.slice(0, NAMED).map((alert) => (
          <li key={alert.alertId}>
            <SeverityMark severity={alert.severity} />
            <a href={addressOf('alerts', alert.alertId)}>{alert.title}</a>
            <span class="quiet">
              {alert.account} · <Age at={alert.raisedAt} />
            </span>
          </li>
        ))}
      </ul>
      {alerts.length > NAMED && <a href={addressOf('alerts')}>and {alerts.length - NAMED} more</a>}
    </section>
  )
}
