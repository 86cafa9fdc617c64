/** Instants: UTC, with their age beside them. */
import type { VNode } from 'preact'
import { ageText } from '#http/overview/verdict.ts'
import { now } from '../live/state.ts'

/** `2026-11-27 09:12:04Z`; with `exact`, milliseconds too. */
export function utcText(at: number, exact = false): string {
  const text = new Date(at).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, exact ? 23 : 19)}Z`
}

/** An instant and how long ago it was. */
export function When({ at, exact = false }: { readonly at: number; readonly exact?: boolean }): VNode {
  const text = utcText(at, exact)
  return (
    <time class="when" dateTime={new Date(at).toISOString()}>
      <span class="utc">{text}</span> <span class="age">{ageText(now.value - at)} ago</span>
    </time>
  )
}

/** Only the age; the instant is its title. */
export function Age({ at }: { readonly at: number }): VNode {
  return (
    <time class="age" dateTime={new Date(at).toISOString()} title={utcText(at)}>
      {ageText(now.value - at)} ago
    </time>
  )
}
