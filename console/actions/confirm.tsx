/** The second half of an action's dialog: what was shown, the reason, the typed name where one is needed, and the confirmation. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ActionInput } from '#domain/operator/action.ts'
import type { ActionPreview } from '#http/wire.ts'
import { now } from '../live/state.ts'
import { asked, nameOf, targetText, typedWordOf } from './ask.ts'
import { Radius } from './radius.tsx'

export interface ConfirmProps {
  readonly action: ActionInput
  readonly preview: ActionPreview
  /** Why it is shown again; null: it is shown first. */
  readonly notice: string | null
  readonly confirm: (why: string) => Promise<void>
  readonly again: () => void
}

export function Confirm({ action, preview, notice, confirm, again }: ConfirmProps): VNode {
  const [why, setWhy] = useState('')
  const [typed, setTyped] = useState('')
  const [isSending, setSending] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('input, button')?.focus(), [])
  const word = typedWordOf(action)
  const needsWhy = action.verb !== 'sweep'
  const missing = missingPart({ why: needsWhy ? why : null, word, typed })
  const submit = (event: Event): void => {
    event.preventDefault()
    if (missing !== null || isSending) return
    setSending(true)
    void confirm(why.trim())
  }
  return (
    <form ref={form} onSubmit={submit}>
      {notice !== null && (
        <p class="notice" role="status">
          {notice}
        </p>
      )}
      <Radius radius={preview.preview.radius} />
      {needsWhy && (
        <label>
          <span>
            Why? <span class="quiet">Kept in the audit record.</span>
          </span>
          <Field name="why" value={why} change={setWhy} />
        </label>
      )}
      {word !== null && (
        <label>
          <span>
            Type <code>{word}</code> to confirm
          </span>
          <Field name="typed" value={typed} change={setTyped} />
        </label>
      )}
      <Buttons action={action} endsAt={preview.expires_at} missing={isSending ? 'Asking …' : missing} again={again} />
    </form>
  )
}

function missingPart(said: { readonly why: string | null; readonly word: string | null; readonly typed: string }) {
  if (said.why !== null && said.why.trim() === '') return 'Say why.'
  return said.word !== null && said.typed !== said.word ? `Type ${said.word} to confirm.` : null
}

function Field(props: {
  readonly name: string
  readonly value: string
  readonly change: (value: string) => void
}): VNode {
  return (
    <input
      name={props.name}
      required
      maxLength={500}
      autoComplete="off"
      spellcheck={false}
      value={props.value}
      onInput={(event) => props.change(event.currentTarget.value)}
    />
  )
}

function Buttons(props: {
  readonly action: ActionInput
  readonly endsAt: number
  readonly missing: string | null
  readonly again: () => void
}): VNode {
  const { action, endsAt, missing, again } = props
  const left = Math.max(0, Math.round((endsAt - now.value) / 1000))
  return (
    <>
      <p class="quiet expiry">{left > 0 ? `What is shown can be confirmed for ${left} s.` : 'Shown too long ago.'}</p>
      <div class="buttons">
        {left > 0 ? (
          <button class="grave" aria-disabled={missing !== null} title={missing ?? ''}>
            {nameOf(action.verb)}: {targetText(action)}
          </button>
        ) : (
          <button type="button" onClick={again}>
            Show anew
          </button>
        )}
        <button type="button" onClick={() => (asked.value = null)}>
          Leave it
        </button>
        <span class="missing-part" role="status">
          {missing}
        </span>
      </div>
    </>
  )
}
