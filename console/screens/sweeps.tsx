/** What the last sweeps compared, found and proved. */
import type { VNode } from 'preact'
import type { SweepsAnswer } from '#http/wire.ts'
import { ActionButton } from '../actions/action-button.tsx'
import { useLoaded } from '../live/loaded.ts'
import { addressOf } from '../live/route.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Reading } from '../parts/notices.tsx'
import { Age, utcText } from '../parts/times.tsx'

type Sweep = SweepsAnswer['sweeps'][number]

const EVERY_MS = 3_000

export function SweepsScreen(): VNode {
  const loaded = useLoaded<SweepsAnswer>('/v1/sweeps?limit=20', EVERY_MS)
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>Sweeps</h1>
        <ActionButton action={{ verb: 'sweep', account: '*' }} label="Sweep all now" />
      </div>
      <section class="panel">
        <Reading of={loaded} what="Sweeps">
          {({ sweeps }) => (
            <DataTable
              quiet
              caption="Sweeps, newest first"
              rows={sweeps.toSorted((a, b) => b.finishedAt - a.finishedAt)}
              keyOf={({ sweepId }) => sweepId}
              rowClass={({ complete, findings }) => (!complete || findings.length > 0 ? 'row-drift' : '')}
              empty="No sweep has run yet. A worker sweeps when it starts: truebook worker --config FILE"
              columns={[
                { head: 'Finished', width: 'w-age', cell: ({ finishedAt }) => <Age at={finishedAt} /> },
                { head: 'Account', cell: ({ account }) => account },
                { head: 'Because', cell: ({ trigger }) => trigger },
                { head: 'Result', width: 'w-result', cell: (sweep) => <Result sweep={sweep} /> },
                { head: 'Compared', width: 'w-compared', cell: (sweep) => comparedText(sweep) },
                { head: 'Fills proven, UTC', cell: (sweep) => provenText(sweep) },
                { head: 'Put back', numeric: true, cell: ({ requeued }) => requeued },
                { head: 'Took', numeric: true, cell: (sweep) => `${sweep.finishedAt - sweep.startedAt} ms` },
              ]}
            />
          )}
        </Reading>
      </section>
    </>
  )
}

function Result({ sweep }: { readonly sweep: Sweep }): VNode {
  if (!sweep.complete) return <span>INCOMPLETE, {sweep.detail}</span>
  if (sweep.findings.length === 0) return <span>= book equals broker</span>
  return (
    <ul class="findings">
      {sweep.findings.map((finding) => (
        <li key={`${finding.kind} ${finding.instrument}`}>
          ≠ {finding.kind} {finding.instrument}: book{' '}
          {finding.positionId === null ? (
            finding.book
          ) : (
            <a href={addressOf('positions', finding.positionId)}>{finding.book}</a>
          )}
          , broker {finding.broker}; {finding.action}
        </li>
      ))}
    </ul>
  )
}

function comparedText({ compared }: Sweep): string {
  if (compared === undefined) return 'nothing'
  if (compared.length === 0) return 'flat, both'
  return compared.map(({ instrument, book, broker }) => `${instrument} ${book} : ${broker}`).join(', ')
}

function provenText({ provenFrom, provenThrough }: Sweep): string {
  if (provenThrough === null) return 'none'
  const since = provenFrom === null || provenFrom === 0 ? 'all' : utcText(provenFrom)
  return `${since} to ${utcText(provenThrough).slice(11)}`
}
