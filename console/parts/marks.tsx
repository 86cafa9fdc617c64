/** Signs that carry their meaning by shape; colour only repeats it. Each stands beside its word, so none is read aloud. */
import type { VNode } from 'preact'
import type { Drift } from '#http/overview-wire.ts'
import type { VerdictState } from '#http/overview/verdict.ts'

/** equal: = in a circle. drift: a not-equal sign in a filled diamond. unknown: ? in a dashed square. */
export function VerdictMark({ state }: { readonly state: VerdictState }): VNode {
  return (
    <svg class={`mark mark-${state}`} viewBox="0 0 24 24" aria-hidden="true">
      {state === 'equal' && (
        <g>
          <circle cx="12" cy="12" r="10.5" />
          <path d="M7.5 9.8h9M7.5 14.2h9" />
        </g>
      )}
      {state === 'drift' && (
        <g>
          <path class="shape" d="M12 .8 23.2 12 12 23.2.8 12z" />
          <path d="M7.8 10h8.4M7.8 14h8.4M14.6 7l-5.2 10" />
        </g>
      )}
      {state === 'unknown' && (
        <g>
          <rect x="2" y="2" width="20" height="20" rx="2" stroke-dasharray="3.5 2.2" />
          <path d="M9.2 9.6a2.9 2.9 0 1 1 4.1 2.7c-.9.4-1.3 1-1.3 2M12 17.2v.2" />
        </g>
      )}
    </svg>
  )
}

const DRIFT: Readonly<Record<Drift, readonly [sign: string, word: string, meaning: string]>> = {
  orphan: ['≠ 0', 'ORPHAN', 'the book holds it, the broker is flat'],
  unexpected: ['0 ≠', 'UNEXPECTED', 'the broker holds it, the book does not know it'],
  size: ['≠', 'SIZE', 'other size at the broker'],
  side: ['⇄', 'SIDE', 'other side at the broker'],
  unsettled: ['…', 'on its way', 'one side moved since the other was looked at'],
}

/** How both sides differ, in sign and word. */
export function DriftMark({ drift, ignored }: { readonly drift: Drift | null; readonly ignored: boolean }): VNode {
  if (drift === null) {
    return (
      <span class="drift drift-none">
        <span aria-hidden="true">=</span> equal
      </span>
    )
  }
  const [sign, word, meaning] = DRIFT[drift]
  const kind = ignored ? 'ignored' : drift === 'unsettled' ? 'moving' : 'stands'
  return (
    <span class={`drift drift-${kind}`} title={meaning}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      {ignored ? 'IGNORED' : word}
    </span>
  )
}

/** Severity of an alert: the number of bars and the word. */
export function SeverityMark({ severity }: { readonly severity: 'critical' | 'warning' | 'info' }): VNode {
  const sign = { critical: '▲▲', warning: '▲', info: '○' }[severity]
  return (
    <span class={`severity severity-${severity}`}>
      <span aria-hidden="true">{sign}</span> {severity}
    </span>
  )
}
