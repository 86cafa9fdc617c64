/** Records of what was decided and done, newest first; of one subject or of all. */
import type { VNode } from 'preact'
import type { AuditAnswer } from '#http/overview-wire.ts'
import { useLoaded } from '../live/loaded.ts'
import { addressOf } from '../live/route.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Raw, Reading } from '../parts/notices.tsx'
import { Id } from '../parts/numbers.tsx'
import { When } from '../parts/times.tsx'

const EVERY_MS = 3_000

export function AuditScreen({ subject }: { readonly subject: string | null }): VNode {
  const about = subject === null ? '' : `?subject=${encodeURIComponent(subject)}`
  const loaded = useLoaded<AuditAnswer>(`/v1/audit${about}`, EVERY_MS)
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>Audit trail{subject === null ? '' : ` of ${subject}`}</h1>
        {subject === null ? (
          <span class="quiet">Nothing here can be changed. Check all of it: truebook audit verify</span>
        ) : (
          <a href={addressOf('audit')}>All subjects</a>
        )}
      </div>
      <section class="panel">
        <Reading of={loaded} what="Records">
          {({ records }) => (
            <DataTable
              quiet
              caption="Records, newest first"
              rows={records}
              keyOf={({ auditId }) => auditId}
              empty="No record yet."
              columns={[
                { head: 'When', width: 'w-when', cell: ({ at }) => <When at={at} /> },
                { head: 'Who', cell: ({ actor }) => actor },
                { head: 'Decision', width: 'w-what', cell: ({ decision }) => <strong>{decision}</strong> },
                {
                  head: 'Subject',
                  cell: (row) => (
                    <a href={addressOf('audit', row.subject)}>
                      <Id id={row.subject} keep={18} />
                    </a>
                  ),
                },
                { head: 'Place', numeric: true, cell: ({ seq }) => seq },
                { head: 'Inputs', width: 'w-what', cell: ({ inputs }) => <Raw value={inputs} label="inputs" /> },
              ]}
            />
          )}
        </Reading>
      </section>
    </>
  )
}
