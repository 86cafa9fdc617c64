/** How much of an allowance is left above a floor: the bar from the floor (left) to the full allowance (right), the buffer hatched. */
import type { VNode } from 'preact'
import type { Headroom } from '#http/overview-wire.ts'
import { Amount } from './numbers.tsx'

const WORDS = { ok: 'ok', buffer: 'IN BUFFER: closing', breached: 'BREACHED' } as const

export function HeadroomBar({ room }: { readonly room: Headroom }): VNode {
  const whole = Number(room.allowance ?? room.headroom)
  const share = (value: string): number => (whole > 0 ? Math.min(100, Math.max(0, (Number(value) / whole) * 100)) : 0)
  const [left, buffer] = [share(room.headroom), share(room.buffer)]
  return (
    <div class={`headroom headroom-${room.state}`}>
      <span class="headroom-rule">
        {room.rule} <span class="quiet">{room.hard ? 'hard' : 'soft'}</span>
      </span>
      <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="6" />
        <rect class="left" width={left} height="6" />
        <rect class="buffer" width={buffer} height="6" />
        <path class="edge" d={`M${buffer} 0v6`} />
      </svg>
      <span class="headroom-text">
        <Amount value={room.headroom} /> of <Amount value={room.allowance} missing="not known until the next look" />{' '}
        USD left, floor <Amount value={room.floor} /> · {WORDS[room.state]}
      </span>
    </div>
  )
}
