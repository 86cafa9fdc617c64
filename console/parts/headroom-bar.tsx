/** How much room is left until entries stop: above a programme's floor, with its buffer, and below the account's own limits. */
import type { VNode } from 'preact'
import type { AccountOverview, Headroom } from '#http/overview-wire.ts'
import { wholeText } from './grouped.ts'

const WORDS = { ok: '', buffer: ' · IN BUFFER: closing', breached: ' · BREACHED' } as const

/** From the floor (left) to the full allowance (right); the buffer stands at the floor. */
export function HeadroomBar({ room }: { readonly room: Headroom }): VNode {
  const whole = Number(room.allowance ?? room.headroom)
  return (
    <div class={`headroom headroom-${room.state}`}>
      <span class="headroom-rule">
        {room.rule} <span class="quiet">{room.hard ? 'hard' : 'soft'}</span>
      </span>
      <span class="headroom-text">
        <Whole value={room.headroom} /> USD above <Whole value={room.floor} />
        {WORDS[room.state]}
      </span>
      <Bar left={shareOf(room.headroom, whole)} buffer={shareOf(room.buffer, whole)} />
    </div>
  )
}

/** What one of the account's own gates leaves of its limit. */
export function GateBar({ room }: { readonly room: AccountOverview['limits'][number] }): VNode {
  return (
    <div class={`headroom headroom-${room.closed ? 'breached' : 'ok'}`}>
      <span class="headroom-rule">{room.gate}</span>
      <span class="headroom-text">
        {room.left === null ? (
          'equity not read yet'
        ) : (
          <>
            <Whole value={room.left} /> of <Whole value={room.limit ?? room.left} /> {room.unit} left
            {room.closed && ' · CLOSED'}
          </>
        )}
      </span>
      <Bar left={shareOf(room.left ?? '0', Number(room.limit))} buffer={0} />
    </div>
  )
}

/** Percent of the whole, for drawing only. */
function shareOf(part: string, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, (Number(part) / whole) * 100)) : 0
}

function Bar({ left, buffer }: { readonly left: number; readonly buffer: number }): VNode {
  return (
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="6" />
      <rect class="left" width={left} height="6" />
      <rect class="buffer" width={buffer} height="6" />
      {buffer > 0 && <path class="edge" d={`M${buffer} 0v6`} />}
    </svg>
  )
}

/** Whole units, since bars say about how much; all digits on hover and for machines. */
function Whole({ value }: { readonly value: string }): VNode {
  return (
    <data class="amount" value={value} title={value}>
      {wholeText(value)}
    </data>
  )
}
