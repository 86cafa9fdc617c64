/** Everything that may be done, by scope; and the jobs that gave up. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { ActionInput } from '#domain/operator/action.ts'
import type { TradingScope } from '#http/overview-wire.ts'
import type { DeadJobsAnswer } from '#http/wire.ts'
import { ActionButton } from '../actions/action-button.tsx'
import { whyNot } from '../actions/ask.ts'
import { useLoaded } from '../live/loaded.ts'
import { session } from '../live/session.ts'
import { overview } from '../live/state.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Reading } from '../parts/notices.tsx'
import { Id } from '../parts/numbers.tsx'
import { Age } from '../parts/times.tsx'

const EVERY_MS = 5_000

export function ActionsScreen(): VNode {
  const limited = whyNot('flatten') ?? whyNot('halt')
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>Actions</h1>
        <span class="quiet">Each shows what it would do, and asks, before anything is done.</span>
      </div>
      {session.value !== null && limited !== null && <p class="notice">Some are beyond your role. {limited}</p>}
      <section class="panel">
        <Trading />
      </section>
      <section class="panel">
        <Accounts />
      </section>
      <section class="panel">
        <DeadJobs />
      </section>
    </>
  )
}

type Scope = Extract<ActionInput, { verb: 'halt' }>['scope']

/** The scope behind the id of a switch. */
function scopeOf(id: string): NonNullable<Scope> {
  if (id.startsWith('account.')) return { kind: 'account', account: id.slice('account.'.length) }
  if (id.startsWith('strategy.')) return { kind: 'strategy', strategy: id.slice('strategy.'.length) }
  return { kind: 'all' }
}

function Trading(): VNode {
  const [strategy, setStrategy] = useState('')
  const seen = overview.value
  const known = seen?.trading ?? []
  const untouched = (seen?.accounts ?? [])
    .filter(({ id }) => !known.some(({ scope }) => scope === `account.${id}`))
    .map(({ id }): TradingScope => ({ scope: `account.${id}`, trading_enabled: true, by: '', why: '', at: 0 }))
  return (
    <>
      <DataTable
        caption="Entries: halt and re-arm"
        rows={[...known, ...untouched]}
        keyOf={({ scope }) => scope}
        rowClass={(row) => (row.trading_enabled ? '' : 'row-drift')}
        empty="Not heard yet."
        columns={[
          {
            head: 'Scope',
            cell: ({ scope }) => <strong>{scope === 'global' ? 'everything' : scope.replace('.', ' ')}</strong>,
          },
          { head: 'Entries', cell: (row) => (row.trading_enabled ? 'enabled' : '■ HALTED') },
          { head: 'Since', cell: ({ at }) => (at === 0 ? 'never changed' : <Age at={at} />) },
          { head: 'By', cell: ({ by, why, at }) => (at === 0 ? '' : `${by}: ${why}`) },
          {
            head: 'What can be done',
            cell: (row) => (
              <span class="row-actions">
                {row.trading_enabled ? (
                  <ActionButton action={{ verb: 'halt', scope: scopeOf(row.scope) }} tone="grave" />
                ) : (
                  <ActionButton action={{ verb: 'resume', scope: scopeOf(row.scope) }} tone="grave" />
                )}
              </span>
            ),
          },
        ]}
      />
      <div class="one-line">
        <label>
          One strategy{' '}
          <input
            value={strategy}
            placeholder="its name"
            spellcheck={false}
            onInput={(event) => setStrategy(event.currentTarget.value)}
          />
        </label>
        {strategy.trim() !== '' && (
          <ActionButton
            action={{ verb: 'halt', scope: { kind: 'strategy', strategy: strategy.trim() } }}
            tone="grave"
          />
        )}
      </div>
    </>
  )
}

function Accounts(): VNode {
  const accounts = overview.value?.accounts ?? []
  return (
    <DataTable
      caption="Accounts"
      rows={[{ id: '*', state: null }, ...accounts.map(({ id, state }) => ({ id, state }))]}
      keyOf={({ id }) => id}
      empty="Not heard yet."
      columns={[
        { head: 'Account', cell: ({ id }) => <strong>{id === '*' ? 'every account' : id}</strong> },
        { head: 'State', cell: ({ state }) => state ?? '' },
        {
          head: 'What can be done',
          cell: ({ id, state }) => (
            <span class="row-actions">
              <ActionButton action={{ verb: 'sweep', account: id }} />
              <ActionButton action={{ verb: 'cancel-orders', account: id }} />
              {state === 'active' && <ActionButton action={{ verb: 'quarantine', account: id }} />}
              {state !== null && state !== 'active' && <ActionButton action={{ verb: 'release', account: id }} />}
              <ActionButton action={{ verb: 'flatten', account: id }} tone="grave" />
            </span>
          ),
        },
      ]}
    />
  )
}

function DeadJobs(): VNode {
  const loaded = useLoaded<DeadJobsAnswer>('/v1/dead-jobs', EVERY_MS)
  return (
    <Reading of={loaded} what="Dead jobs">
      {({ dead_jobs: jobs }) => (
        <DataTable
          caption="Jobs that were set aside"
          rows={jobs}
          keyOf={({ queue, job }) => `${queue} ${job}`}
          empty="None: every job was worked on."
          columns={[
            { head: 'Queue', cell: ({ queue }) => queue },
            { head: 'Job', cell: ({ job }) => <Id id={job} keep={24} /> },
            { head: 'Since', cell: ({ since }) => (since === null ? 'not known' : <Age at={since} />) },
            { head: 'Why', width: 'w-what', cell: ({ why }) => why },
            {
              head: 'What can be done',
              cell: ({ queue, job }) => <ActionButton action={{ verb: 'retry-job', queue, job }} />,
            },
          ]}
        />
      )}
    </Reading>
  )
}
