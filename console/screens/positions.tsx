/** Positions of the book, open ones or all. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { PositionsAnswer } from '#http/wire.ts'
import { useLoaded } from '../live/loaded.ts'
import { addressOf } from '../live/route.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Reading } from '../parts/notices.tsx'
import { Amount, Id, Signed } from '../parts/numbers.tsx'
import { Age } from '../parts/times.tsx'
import { Choice } from '../parts/choice.tsx'

const EVERY_MS = 3_000

export function PositionsScreen(): VNode {
  const [state, setState] = useState<'open' | 'all'>('open')
  const loaded = useLoaded<PositionsAnswer>(`/v1/positions?state=${state}`, EVERY_MS)
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>Positions</h1>
        <Choice label="Which" options={['open', 'all']} chosen={state} choose={setState} />
      </div>
      <section class="panel">
        <Reading of={loaded} what="Positions">
          {({ positions }) => (
            <DataTable
              quiet
              caption="Positions of the book"
              rows={positions}
              keyOf={({ positionId }) => positionId}
              empty={state === 'open' ? 'No position is open in the book.' : 'The book has had no position yet.'}
              columns={[
                {
                  head: 'Position',
                  cell: ({ positionId }) => (
                    <a href={addressOf('positions', positionId)}>
                      <Id id={positionId} />
                    </a>
                  ),
                },
                { head: 'Account', cell: ({ account }) => account },
                { head: 'Instrument', cell: ({ instrument }) => <strong>{instrument}</strong> },
                { head: 'Side', cell: (row) => <Side position={row} /> },
                { head: 'State', cell: (row) => `${row.state}${row.orphaned ? ', orphaned' : ''}` },
                { head: 'Strategy', cell: ({ strategy }) => strategy },
                { head: 'Entry', numeric: true, cell: (row) => <Amount value={row.entryAverage} missing="none yet" /> },
                { head: 'Exit', numeric: true, cell: (row) => <Amount value={row.exitAverage} missing="none yet" /> },
                {
                  head: 'Net, USD',
                  numeric: true,
                  cell: (row) => <Amount value={row.realised?.net} missing="not proven by fills yet" signed />,
                },
                { head: 'Moved', numeric: true, cell: ({ updatedAt }) => <Age at={updatedAt} /> },
              ]}
            />
          )}
        </Reading>
      </section>
    </>
  )
}

/** What is held; of what has ended, which side it was on. */
function Side({ position }: { readonly position: PositionsAnswer['positions'][number] }): VNode {
  const { side, size, open } = position
  if (!open) return <span class="quiet">{side}</span>
  return <Signed size={side === 'short' && size !== '0' ? `-${size}` : size} />
}
