/** How long orders take, from the book's own instants. */
import type { VNode } from 'preact'
import type { LatencyAnswer, Spread } from '#http/overview-wire.ts'
import { useLoaded } from '../live/loaded.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Reading } from '../parts/notices.tsx'

const EVERY_MS = 5_000

export function LatencyPanel(): VNode {
  const latency = useLoaded<LatencyAnswer>('/v1/latency', EVERY_MS)
  return (
    <section class="panel" aria-labelledby="latency-title">
      <h2 id="latency-title">
        Order path <span class="quiet">p50 / p99, ms, recent entries</span>
      </h2>
      <Reading of={latency} what="Latency">
        {({ venues }) => (
          <DataTable
            quiet
            caption="Latency of the order path"
            rows={venues}
            keyOf={({ venue }) => venue}
            empty="No entry was sent yet; the first one is measured."
            columns={[
              { head: 'Venue', cell: ({ venue }) => venue },
              { head: 'Entries', numeric: true, cell: ({ entries }) => entries },
              { head: 'Signal to wire', numeric: true, cell: (row) => spreadText(row.signal_to_sent) },
              { head: 'Wire to answer', numeric: true, cell: (row) => spreadText(row.sent_to_acknowledged) },
            ]}
          />
        )}
      </Reading>
    </section>
  )
}

function spreadText({ p50, p99 }: Spread): string {
  return p50 === null ? '—' : `${p50} / ${p99}`
}
