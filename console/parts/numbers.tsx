/** Exact decimals as they came: only grouped for the eye, never read into a number. */
import type { VNode } from 'preact'
import { sizeText } from '#http/overview/verdict.ts'
import { groupedText } from './grouped.ts'

/** An amount; `null` is an em dash with what is missing as its title. With `signed`, a plus where it is above zero. */
export function Amount({
  value,
  missing = 'not known',
  signed = false,
}: {
  readonly value: string | null | undefined
  readonly missing?: string
  readonly signed?: boolean
}): VNode {
  if (value === null || value === undefined) {
    return (
      <span class="amount missing" title={missing}>
        —
      </span>
    )
  }
  const isNegative = value.startsWith('-')
  const isZero = /^-?[0.]+$/.test(value)
  const plus = signed && !isNegative && !isZero ? '+' : ''
  const tone = !signed || isZero ? '' : isNegative ? ' minus' : ' plus'
  return (
    <data class={`amount${tone}`} value={value}>
      {plus}
      {groupedText(value)}
    </data>
  )
}

/** A signed size with its side as a word and an arrow. */
export function Signed({ size }: { readonly size: string | null }): VNode {
  const text = sizeText(size)
  const [side, amount] = text.split(' ')
  if (amount === undefined) return <span class={`side side-${side}`}>{text}</span>
  return (
    <span class={`side side-${side}`}>
      <span aria-hidden="true">{side === 'long' ? '▲' : '▼'}</span> {side}{' '}
      <span class="amount">{groupedText(amount)}</span>
    </span>
  )
}

/** An id that can be selected whole; long ones are cut in the middle for the eye only. */
export function Id({ id, keep = 10 }: { readonly id: string; readonly keep?: number }): VNode {
  const short = id.length <= keep + 7 ? id : `${id.slice(0, keep)}…${id.slice(-4)}`
  return (
    <code class="id" title={id}>
      {short}
    </code>
  )
}
