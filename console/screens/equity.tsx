/** Equity and results: curves by account and by strategy from ledger rows, days with fees and funding apart. */
import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { LedgerAnswer } from '#http/overview-wire.ts'
import type { EquityDaysAnswer } from '#http/wire.ts'
import { useLoaded } from '../live/loaded.ts'
import { addressOf } from '../live/route.ts'
import { Choice } from '../parts/choice.tsx'
import { CurveChart } from '../parts/curve-chart.tsx'
import { type Grouping, resultCurves, equityCurves } from '../parts/curves.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Reading } from '../parts/notices.tsx'
import { Amount, Id } from '../parts/numbers.tsx'
import { When } from '../parts/times.tsx'

const EVERY_MS = 10_000
const GROUPINGS = ['account', 'strategy', 'kind'] as const

export function EquityScreen(): VNode {
  const [by, setBy] = useState<Grouping>('account')
  const days = useLoaded<EquityDaysAnswer>('/v1/equity/days?limit=400', EVERY_MS)
  const ledger = useLoaded<LedgerAnswer>('/v1/ledger?limit=2000', EVERY_MS)
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>Equity and results</h1>
      </div>
      <div class="below">
        <section class="panel" aria-labelledby="equity-title">
          <h2 id="equity-title">
            Equity by account <span class="quiet">USD, at the close of each UTC day</span>
          </h2>
          <Reading of={days} what="Days">
            {(answer) => <Curves of={answer} make={equityCurves} />}
          </Reading>
        </section>
        <section class="panel" aria-labelledby="results-title">
          <div class="screen-head">
            <h2 id="results-title">
              Net result <span class="quiet">USD, summed from ledger rows</span>
            </h2>
            <Choice label="By" options={GROUPINGS} chosen={by} choose={setBy} />
          </div>
          <Reading of={ledger} what="The ledger">
            {(answer) => <Curves key={by} of={answer} make={(seen) => resultCurves(seen.ledger, by)} />}
          </Reading>
        </section>
      </div>
      <section class="panel">
        <Reading of={days} what="Days">
          {(answer) => <DayTable days={answer.days} />}
        </Reading>
      </section>
      <section class="panel">
        <Reading of={ledger} what="The ledger">
          {(answer) => <LedgerTable rows={answer.ledger} />}
        </Reading>
      </section>
    </>
  )
}

function Curves<T>({
  of: answer,
  make,
}: {
  readonly of: T
  readonly make: (answer: T) => ReturnType<typeof resultCurves>
}): VNode {
  const curves = useMemo(() => make(answer), [answer])
  return <CurveChart curves={curves} empty="Nothing to draw yet: the first closed position or day makes a point." />
}

function DayTable({ days }: { readonly days: EquityDaysAnswer['days'] }): VNode {
  return (
    <DataTable
      caption="By account and day, USD"
      rows={days.toSorted((a, b) => (a.day === b.day ? (a.account < b.account ? -1 : 1) : a.day < b.day ? 1 : -1))}
      keyOf={({ account, day }) => `${account} ${day}`}
      empty="No day yet. The first sweep of an account begins one."
      columns={[
        { head: 'Day', cell: ({ day }) => day },
        { head: 'Account', cell: ({ account }) => account },
        { head: 'Opening', numeric: true, cell: (row) => <Amount value={row.openingEquity} /> },
        { head: 'Closed PnL', numeric: true, cell: (row) => <Amount value={row.closedPnl} signed /> },
        { head: 'Fees', numeric: true, cell: (row) => <Amount value={row.fees} /> },
        { head: 'Funding', numeric: true, cell: (row) => <Amount value={row.funding} signed /> },
        { head: 'Transfers', numeric: true, cell: (row) => <Amount value={row.transfers} signed /> },
        { head: 'Open PnL, change', numeric: true, cell: (row) => <Amount value={row.unrealised} signed /> },
        { head: 'Closing', numeric: true, cell: (row) => <Amount value={row.closingEquity} /> },
        {
          head: 'Unexplained',
          numeric: true,
          cell: (row) => <Amount value={row.unexplained} missing={row.unknown ?? 'not known'} signed />,
        },
      ]}
    />
  )
}

function LedgerTable({ rows }: { readonly rows: LedgerAnswer['ledger'] }): VNode {
  return (
    <DataTable
      caption="Ledger, newest first, USD"
      rows={rows.slice(0, 200)}
      keyOf={({ ledgerId }) => ledgerId}
      empty="No row yet: a row is booked when fills prove it."
      columns={[
        { head: 'When', width: 'w-when', cell: ({ at }) => <When at={at} /> },
        { head: 'Account', cell: ({ account }) => account },
        { head: 'Kind', cell: ({ kind }) => kind },
        { head: 'Instrument', cell: ({ instrument }) => instrument ?? '' },
        { head: 'Strategy', cell: ({ strategy }) => strategy ?? '' },
        { head: 'Gross', numeric: true, cell: (row) => <Amount value={row.gross} signed /> },
        { head: 'Fees', numeric: true, cell: (row) => <Amount value={row.fees} /> },
        { head: 'Net', numeric: true, cell: (row) => <Amount value={row.net} signed /> },
        {
          head: 'Position',
          cell: ({ positionId }) =>
            positionId === null ? (
              ''
            ) : (
              <a href={addressOf('positions', positionId)}>
                <Id id={positionId} />
              </a>
            ),
        },
      ]}
    />
  )
}
