/** The inbox: what stands, then what was. A deep link of an alert opens it here. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { AlertAnswer } from '#http/overview-wire.ts'
import type { AlertsAnswer } from '#http/wire.ts'
import { ActionButton } from '../actions/action-button.tsx'
import { useLoaded } from '../live/loaded.ts'
import { addressOf } from '../live/route.ts'
import { overview } from '../live/state.ts'
import { Choice } from '../parts/choice.tsx'
import { Fact } from '../parts/fact.tsx'
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
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>{id === null ? 'Alerts' : 'Alert'}</h1>
        {id !== null && <a href={addressOf('alerts')}>All alerts</a>}
        <Choice label="Which" options={['active', 'all']} chosen={state} choose={setState} />
      </div>
      {id !== null && <Chosen key={id} id={id} />}
      <section class="panel">
        <Reading of={loaded} what="Alerts">
          {() => <AlertTable alerts={state === 'active' ? active : all} state={state} />}
        </Reading>
      </section>
    </>
  )
}

/** The alert of a deep link, however long ago it was. */
function Chosen({ id }: { readonly id: string }): VNode {
  const loaded = useLoaded<AlertAnswer>(`/v1/alerts/${encodeURIComponent(id)}`, EVERY_MS)
  return (
    <Reading of={loaded} what="This alert">
      {({ alert }) => <AlertDetail alert={alert} />}
    </Reading>
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
        <Fact name="Kind">{alert.kind}</Fact>
        <Fact name="Account">{alert.account}</Fact>
        <Fact name="Instrument">{alert.instrument ?? 'none'}</Fact>
        <Fact name="Position">
          {alert.positionId === null ? (
            'none'
          ) : (
            <a href={addressOf('positions', alert.positionId)}>
              <Id id={alert.positionId} />
            </a>
          )}
        </Fact>
        <Fact name="Raised">
          <When at={alert.raisedAt} />
        </Fact>
        <Fact name="State">
          {stateText(alert)}
          {alert.acknowledged && `: ${alert.acknowledged.why}`}
        </Fact>
        <Fact name="What to do: runbook">
          <code>docs/alerts.md#{alert.kind}</code>
        </Fact>
      </dl>
      <p class="panel-actions">
        <Acknowledge alert={alert} />
        {alert.account !== '*' && <ActionButton action={{ verb: 'sweep', account: alert.account }} />}
      </p>
    </section>
  )
}
