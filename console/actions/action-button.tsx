/** A button that opens the dialog of one action; beyond the role it says why. It stays reachable, so that the reason can be read. */
import type { VNode } from 'preact'
import type { ActionInput } from '#domain/operator/action.ts'
import { said } from '../live/said.ts'
import { asked, nameOf, targetText, whyNot } from './ask.ts'

export function ActionButton(props: {
  readonly action: ActionInput
  /** Default: the verb's name. */
  readonly label?: string
  readonly tone?: 'plain' | 'grave'
}): VNode {
  const { action, label = nameOf(props.action.verb), tone = 'plain' } = props
  const reason = whyNot(action.verb)
  const name = `${label}: ${targetText(action)}`
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
      {label}
    </button>
  )
}
