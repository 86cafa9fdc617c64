/** One position from signal to ledger row, with the venue's own ids and words. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { PositionAnswer, TimelineEvent } from '#http/overview-wire.ts'
import { ActionButton } from '../actions/action-button.tsx'
import { holdProps, useHeld } from '../live/hold.ts'
import { useLoaded } from '../live/loaded.ts'
import { addressOf } from '../live/route.ts'
import { Choice } from '../parts/choice.tsx'
import { Fact } from '../parts/fact.tsx'
import { Waiting } from '../parts/data-table.tsx'
import { Raw, Reading } from '../parts/notices.tsx'
import { Amount, Id, Signed } from '../parts/numbers.tsx'
import { utcText } from '../parts/times.tsx'

const EVERY_MS = 3_000

export function PositionScreen({ id }: { readonly id: string }): VNode {
  const loaded = useLoaded<PositionAnswer>(`/v1/positions/${encodeURIComponent(id)}`, EVERY_MS)
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>
          {loaded.value?.position === null || loaded.value === null
            ? 'Position'
            : `${loaded.value.position.instrument} at ${loaded.value.position.account}`}
        </h1>
        <code class="id">{id}</code>
      </div>
      <Reading of={loaded} what="This position">
        {(answer) => (
          <>
            <Chain broken={answer.broken} id={id} />
            {answer.position !== null && <Facts position={answer.position} />}
            <Timeline events={answer.events} />
          </>
        )}
      </Reading>
    </>
  )
}

function Chain({ broken, id }: { readonly broken: PositionAnswer['broken']; readonly id: string }): VNode {
  if (broken === null) {
    return (
      <p class="quiet">
        Its records form an unbroken chain. <a href={addressOf('audit', id)}>Records</a>
      </p>
    )
  }
  return (
    <div class="notice notice-bad" role="alert">
      <p>
        The chain of its records is BROKEN at {broken.record}: {broken.problem} Run: truebook audit verify
      </p>
    </div>
  )
}

function Facts({ position }: { readonly position: NonNullable<PositionAnswer['position']> }): VNode {
  const { account, instrument, side, size, state } = position
  return (
    <section class="panel" aria-label="As it stands">
      <dl class="facts facts-wide">
        <Fact name="Now">
          <Signed size={side === 'short' && size !== '0' ? `-${size}` : size} />
        </Fact>
        <Fact name="State">
          {state}
          {position.orphaned && ', orphaned'}
        </Fact>
        <Fact name="Planned">
          {side} <Amount value={position.plannedSize} />
        </Fact>
        <Fact name="Strategy">{position.strategy}</Fact>
        <Fact name="Entry average">
          <Amount value={position.entryAverage} missing="no fill yet" />
        </Fact>
        <Fact name={position.open ? 'Native stop' : 'Native stop, at the end'}>
          <Amount value={position.nativeStop?.triggerPrice} missing="none" />
        </Fact>
        <Fact name="Exit average">
          <Amount value={position.exitAverage} missing="still open" />
          {position.exitReason !== null && ` by ${position.exitReason}`}
        </Fact>
        <Results realised={position.realised} />
      </dl>
      {position.open && (
        <p class="panel-actions">
          <ActionButton action={{ verb: 'flatten', account, instrument }} tone="grave" />
          <ActionButton action={{ verb: 'sweep', account }} />
        </p>
      )}
    </section>
  )
}

function Results({ realised }: { readonly realised: NonNullable<PositionAnswer['position']>['realised'] }): VNode {
  if (realised === null) {
    return (
      <Fact name="Net, USD">
        <Amount value={null} missing="not proven by fills yet" />
      </Fact>
    )
  }
  return (
    <>
      <Fact name="Net, USD">
        <Amount value={realised.net} signed />
        {realised.provisional && ' provisional'}
      </Fact>
      <Fact name="Gross / fees / funding">
        <Amount value={realised.gross} /> / <Amount value={realised.fees} /> / <Amount value={realised.funding} />
      </Fact>
    </>
  )
}

const SHAPES: Readonly<Record<TimelineEvent['what'], string>> = {
  signal: '◇',
  decision: '·',
  intent: '□',
  sent: '→',
  evidence: '✓',
  order: '◨',
  fill: '●',
  ledger: '▤',
  alert: '▲',
}

function Timeline({ events }: { readonly events: readonly TimelineEvent[] }): VNode {
  const [what, setWhat] = useState<'all' | 'no decisions'>('all')
  const wanted = events.filter((event) => what === 'all' || event.what !== 'decision')
  const { shown, waiting, apply } = useHeld(wanted, (event) => `${event.what} ${event.id} ${event.at} ${event.title}`)
  const first = events[0]?.at ?? 0
  return (
    <section class="panel" aria-labelledby="timeline-title">
      <div class="screen-head">
        <h2 id="timeline-title">Timeline</h2>
        <Choice label="Show" options={['all', 'no decisions']} chosen={what} choose={setWhat} />
      </div>
      <div {...holdProps}>
        <Waiting count={waiting} apply={apply} />
        <ol class="timeline">
          {shown.map(({ key, row }) => (
            <li key={key} class={`event event-${row.what}${row.ours ? '' : ' not-ours'}`}>
              <time dateTime={new Date(row.at).toISOString()}>
                <span class="day">{utcText(row.at, true).slice(0, 10)}</span> {utcText(row.at, true).slice(11)}
                <span class="age">{sinceText(row.at - first)}</span>
              </time>
              <span class="event-shape" aria-hidden="true">
                {SHAPES[row.what]}
              </span>
              <div class="event-text">
                <p>
                  <span class="event-what">{row.what}</span> <strong>{row.title}</strong>
                  {!row.ours && <span class="foreign"> not of this position</span>}
                </p>
                <p class="event-detail">{row.detail}</p>
                <Raw
                  value={row.row}
                  label={
                    <>
                      {row.what === 'fill' ? "the venue's row of" : 'row'} <Id id={row.id} keep={16} />
                    </>
                  }
                />
              </div>
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

/** Since the first event: `+1.204 s`. */
function sinceText(ms: number): string {
  if (ms < 0) return `−${(-ms / 1000).toFixed(3)} s`
  return ms < 600_000 ? `+${(ms / 1000).toFixed(3)} s` : `+${Math.round(ms / 60_000)} min`
}
