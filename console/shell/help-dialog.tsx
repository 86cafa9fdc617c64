/** The keys, and the signs that the screens use. */
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { DriftMark, VerdictMark } from '../parts/marks.tsx'
import { KEYS, helpIsOpen, keysAreOn } from './keys.ts'

const DRIFTS = ['orphan', 'unexpected', 'size', 'side', 'unsettled'] as const
const MEANING = {
  orphan: 'The book holds a position, the broker is flat. The sweep rebuilds the exit from fills.',
  unexpected:
    'The broker holds a position that the book does not know. Never closed by itself: adopt it, ignore it or close it at the venue.',
  size: 'Both hold it in other sizes. Entries are locked until fills explain it.',
  side: 'They stand on opposite sides. Entries are locked; our exit is rebuilt from fills.',
  unsettled: 'One side moved since the other was looked at. The next look tells.',
} as const

export function HelpDialog(): VNode | null {
  return helpIsOpen.value ? <OpenHelp /> : null
}

function OpenHelp(): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (helpIsOpen.value = false)}>
      <h2 id="help-title">Keys and signs</h2>
      <div class="help-columns">
        <dl class="keys">
          {KEYS.map(([keys, does]) => (
            <div key={keys}>
              <dt>
                {keys.split(' ').map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <dl class="signs">
          {(['equal', 'drift', 'unknown'] as const).map((state) => (
            <div key={state}>
              <dt>
                <VerdictMark state={state} />
              </dt>
              <dd>
                {state === 'equal' && 'Book and broker hold the same, and the look is fresh.'}
                {state === 'drift' && 'They differ, seen in two looks.'}
                {state === 'unknown' && 'Nobody knows: the look is too old, or there was none.'}
              </dd>
            </div>
          ))}
          {DRIFTS.map((drift) => (
            <div key={drift}>
              <dt>
                <DriftMark drift={drift} ignored={false} />
              </dt>
              <dd>{MEANING[drift]}</dd>
            </div>
          ))}
        </dl>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={keysAreOn.value}
          onChange={(event) => (keysAreOn.value = event.currentTarget.checked)}
        />{' '}
        One-letter keys are on
      </label>
      <form method="dialog" class="buttons">
        <button autoFocus>Close</button>
      </form>
    </dialog>
  )
}
