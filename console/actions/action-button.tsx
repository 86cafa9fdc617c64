/** A button that opens the dialog of one action; beyond the role it says why. It stays reachable, so that the reason can be read. */
import type { ComponentChildren, VNode } from 'preact'
import type { ActionInput } from '#domain/operator/action.ts'
import { said } from '../live/said.ts'
import { asked, nameOf, targetText, whyNot } from './ask.ts'

export function ActionButton(props: {
  readonly action: ActionInput
  readonly children?: ComponentChildren
  readonly tone?: 'plain' | 'grave'
}): VNode {
  const { action, children, tone = 'plain' } = props
  const reason = whyNot(action.verb)
  const name = `${nameOf(action.verb)}: ${targetText(action)}`
  return (
    <button
      type="button"
      class={`small ${tone}`}
      aria-disabled={reason !== null}
      aria-label={reason === null ? name : `${name}. ${reason}`}
      title={reason ?? ''}
      onClick={() => {
        if (reason === null) asked.value = action
        else said.value = reason
      }}
    >
      {children ?? nameOf(action.verb)}
    </button>
  )
}
