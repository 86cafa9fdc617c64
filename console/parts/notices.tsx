/** Loading, failed and empty, each with what to do. */
import type { ComponentChildren, VNode } from 'preact'
import type { Loaded } from '../live/loaded.ts'

/** Shows what was read, or why not yet. What was read before stays beside a failure, greyed. */
export function Reading<T>(props: {
  readonly of: Loaded<T>
  readonly what: string
  readonly children: (value: T) => ComponentChildren
}): VNode {
  const { of: loaded, what, children } = props
  return (
    <>
      {loaded.problem !== null && (
        <div class="notice notice-bad" role="alert">
          <p>
            {what} could not be read: {loaded.problem}
          </p>
          <button type="button" onClick={loaded.again}>
            Read again
          </button>
        </div>
      )}
      {loaded.value === null && loaded.problem === null && <p class="reading">Reading {what.toLowerCase()} …</p>}
      {loaded.value !== null && (
        <div class={`read ${loaded.problem === null ? '' : 'old'}`}>{children(loaded.value)}</div>
      )}
    </>
  )
}

/** Raw JSON behind a line, folded. */
export function Raw({ value, label }: { readonly value: unknown; readonly label: ComponentChildren }): VNode {
  return (
    <details class="raw">
      <summary>{label}</summary>
      <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
    </details>
  )
}
