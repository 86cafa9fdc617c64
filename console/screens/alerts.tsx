/** The inbox: what stands, then what was. A deep link of an alert opens it here. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { AlertsAnswer } from '#http/wire.ts'
import { ActionButton } from '../actions/action-button.tsx'
import { useLoaded } from '../live/loaded.ts'
import { addressOf } from '../live/route.ts'
import { overview } from '../live/state.ts'
import { Choice } from '../parts/choice.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { SeverityMark } from '../parts/marks.tsx'
import { Reading } from '../parts/notices.tsx'
import { Id } from '../parts/numbers.tsx'
import { Age, When } from '../parts/times.tsx'

type Alert = AlertsAnswer['alerts'][number]

const EVERY_MS = 3_000

export function AlertsScreen({ id }: { readonly id: string | null }): VNode {
  const [state, setState] = useState<'active' | 'all'>('active')
  // What stands is heard live; only what was must be asked for.
  const loaded = useLoaded<AlertsAnswer>('/v1/alerts?state=all', EVERY_MS)
  const all = loaded.value?.alerts ?? []
  const active = overview.value?.alerts ?? all.filter((alert) => alert.active)
  const chosen = id === null ? null : ([...active, ...all].find((alert) => alert.alertId === id) ?? null)
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>{id === null ? 'Alerts' : 'Alert'}</h1>
        {id === null ? (
          <Choice label="Which" options={['active', 'all']} chosen={state} choose={setState} />
        ) : (
          <a href={addressOf('alerts')}>All alerts</a>
        )}
      </div>
      {id !== null && chosen !== null && <AlertDetail alert={chosen} />}
      {id !== null && chosen === null && loaded.value !== null && (
        <p class="notice">
          There is no alert {id} among the last {all.length}. It may be older: ask with truebook alerts --all
        </p>
      )}
      <section class="panel">
        <Reading of={loaded} what="Alerts">
          {() => <AlertTable alerts={state === 'active' ? active : all} state={state} />}
        </Reading>
      </section>
    </>
  )
}

function AlertTable({ alerts, state }: { readonly alerts: readonly Alert[]; readonly state: string }): VNode {
  return (
    <DataTable
      quiet
      caption={state === 'active' ? 'Alerts that stand' : 'All alerts, newest first'}
      rows={alerts}
      keyOf={({ alertId }) => alertId}
      rowClass={({ active, acknowledged }) => (active && (acknowledged ?? null) === null ? '' : 'row-past')}
      empty={state === 'active' ? 'No alert stands. New ones appear here by themselves.' : 'There never was an alert.'}
      columns={[
        { head: 'Severity', width: 'w-severity', cell: ({ severity }) => <SeverityMark severity={severity} /> },
        { head: 'Raised', width: 'w-age', cell: ({ raisedAt }) => <Age at={raisedAt} /> },
        { head: 'Account', cell: ({ account }) => account },
        {
          head: 'What',
          width: 'w-what',
          cell: (alert) => (
            <>
              <a href={addressOf('alerts', alert.alertId)}>{alert.title}</a> <span class="quiet">{alert.kind}</span>
            </>
          ),
        },
        { head: 'State', cell: (alert) => stateText(alert) },
        { head: 'What can be done', cell: (alert) => <Acknowledge alert={alert} /> },
      ]}
    />
  )
}

function stateText({ active, acknowledged }: Alert): string {
  if (acknowledged) return `${active ? 'stands, ' : 'ended, '}seen by ${acknowledged.by}`
  return active ? 'stands' : 'ended'
}

function Acknowledge({ alert }: { readonly alert: Alert }): VNode | null {
  if (!alert.active || (alert.acknowledged ?? null) !== null) return null
  return <ActionButton action={{ verb: 'acknowledge', alert: alert.alertId }} />
}

function AlertDetail({ alert }: { readonly alert: Alert }): VNode {
  return (
    <section class="panel alert-detail" aria-labelledby="alert-title">
      <h2 id="alert-title">
        <SeverityMark severity={alert.severity} /> {alert.title}
      </h2>
      <p>{alert.detail}</p>
      <dl class="facts facts-wide">
        <div class="fact">
          <dt>Kind</dt>
          <dd>{alert.kind}</dd>
        </div>
        <div class="fact">
          <dt>Account</dt>
          <dd>{alert.account}</dd>
        </div>
        <div class="fact">
          <dt>Instrument</dt>
          <dd>{alert.instrument ?? 'none'}</dd>
        </div>
        <div class="fact">
          <dt>Position</dt>
          <dd>
            {alert.positionId === null ? (
              'none'
            ) : (
              <a href={addressOf('positions', alert.positionId)}>
                <Id id={alert.positionId} />
              </a>
            )}
          </dd>
        </div>
        <div class="fact">
          <dt>Raised</dt>
          <dd>
            <When at={alert.raisedAt} />
          </dd>
        </div>
        <div class="fact">
          <dt>State</dt>
          <dd>
            {stateText(alert)}
            {alert.acknowledged && `: ${alert.acknowledged.why}`}
          </dd>
        </div>
      </dl>
      <p class="panel-actions">
        <Acknowledge alert={alert} />
        {alert.account !== '*' && <ActionButton action={{ verb: 'sweep', account: alert.account }} />}
      </p>
    </section>
  )
}
