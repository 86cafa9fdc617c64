/**
 * The dialog of one action. It first shows what the action would do, as the server sees it now; then takes the reason, and for grave ones
 * the typed name; then confirms exactly what was shown. Where the world has changed meanwhile, nothing is done and it shows it anew.
 */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ActionInput } from '#domain/operator/action.ts'
import type { ActionChanged, ActionDone, ActionPreview } from '#http/wire.ts'
import { addressOf } from '../live/route.ts'
import { Refused, postJson, wordsOf } from '../live/request.ts'
import { now } from '../live/state.ts'
import { Radius } from './radius.tsx'
import { asked, nameOf, targetText, typedWordOf } from './ask.ts'

/** The dialog of whatever is asked; nothing while nothing is. */
export function ActionDialog(): VNode | null {
  const action = asked.value
  return action === null ? null : <OpenDialog key={JSON.stringify(action)} action={action} />
}

type Phase =
  | { readonly at: 'asking' }
  | { readonly at: 'shown'; readonly preview: ActionPreview; readonly notice: string | null }
  | { readonly at: 'done'; readonly done: ActionDone }
  | { readonly at: 'refused'; readonly why: string }

function OpenDialog({ action }: { readonly action: ActionInput }): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  const [phase, setPhase] = useState<Phase>({ at: 'asking' })
  const show = async (notice: string | null): Promise<void> => {
    try {
      setPhase({ at: 'shown', preview: await postJson<ActionPreview>('/v1/actions', action), notice })
    } catch (error) {
      setPhase({ at: 'refused', why: wordsOf(error) })
    }
  }
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    void show(null)
    return () => {
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  const confirm = async (preview: ActionPreview, why: string): Promise<void> => {
    try {
      const body = { ...action, confirm: preview.confirm, ...(why !== '' && { why }) }
      setPhase({ at: 'done', done: await postJson<ActionDone>('/v1/actions', body) })
    } catch (error) {
      const changed = changedOf(error)
      setPhase(
        changed === null
          ? { at: 'refused', why: wordsOf(error) }
          : { at: 'shown', preview: changed, notice: changed.error.message },
      )
    }
  }
  const close = (): void => {
    asked.value = null
  }
  return (
    <dialog ref={dialog} class="action" aria-labelledby="action-title" onClose={close}>
      <h2 id="action-title">
        {nameOf(action.verb)} <span class="quiet">{targetText(action)}</span>
      </h2>
      {phase.at === 'asking' && <p>Asking what it would do …</p>}
      {phase.at === 'shown' && (
        <Confirm
          key={phase.preview.confirm}
          action={action}
          preview={phase.preview}
          notice={phase.notice}
          confirm={(why) => confirm(phase.preview, why)}
          again={() => void show('Shown anew.')}
        />
      )}
      {phase.at === 'done' && <Done done={phase.done} />}
      {phase.at === 'refused' && (
        <div class="notice notice-bad" role="alert">
          <p>Nothing was done. {phase.why}</p>
        </div>
      )}
      {phase.at !== 'shown' && (
        <form method="dialog" class="buttons">
          <button autoFocus>Close</button>
        </form>
      )}
    </dialog>
  )
}

function changedOf(error: unknown): ActionChanged | null {
  if (!(error instanceof Refused) || error.status !== 409) return null
  const answer = error.answer as Partial<ActionChanged> | null
  return answer?.preview === undefined ? null : (answer as ActionChanged)
}

interface ConfirmProps {
  readonly action: ActionInput
  readonly preview: ActionPreview
  readonly notice: string | null
  readonly confirm: (why: string) => Promise<void>
  readonly again: () => void
}

function Confirm({ action, preview, notice, confirm, again }: ConfirmProps): VNode {
  const [why, setWhy] = useState('')
  const [typed, setTyped] = useState('')
  const [isSending, setSending] = useState(false)
  const word = typedWordOf(action)
  const needsWhy = action.verb !== 'sweep'
  const left = Math.max(0, Math.round((preview.expires_at - now.value) / 1000))
  const missing =
    needsWhy && why.trim() === '' ? 'Say why.' : word !== null && typed !== word ? `Type ${word} to confirm.` : null
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (missing !== null || isSending) return
        setSending(true)
        void confirm(why.trim())
      }}
    >
      {notice !== null && (
        <p class="notice" role="status">
          {notice}
        </p>
      )}
      <Radius radius={preview.preview.radius} />
      {needsWhy && (
        <label>
          Why? <span class="quiet">Kept in the audit record.</span>
          <input
            name="why"
            required
            maxLength={500}
            autoComplete="off"
            autoFocus
            value={why}
            onInput={(event) => setWhy(event.currentTarget.value)}
          />
        </label>
      )}
      {word !== null && (
        <label>
          Type <code>{word}</code> to confirm
          <input
            name="typed"
            required
            autoComplete="off"
            spellcheck={false}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
      )}
      <p class="quiet expiry">{left > 0 ? `What is shown can be confirmed for ${left} s.` : 'Shown too long ago.'}</p>
      <div class="buttons">
        {left > 0 ? (
          <button class="grave" aria-disabled={missing !== null || isSending} title={missing ?? ''}>
            {isSending ? 'Asking …' : `${nameOf(action.verb)} ${targetText(action)}`}
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
    </form>
  )
}

function Done({ done }: { readonly done: ActionDone }): VNode {
  return (
    <div class="notice notice-good" role="status">
      <p>{done.detail}</p>
      {done.audit === null ? (
        <p class="quiet">No record: it changes nothing by itself.</p>
      ) : (
        <p>
          Recorded:{' '}
          <a href={addressOf('audit', done.audit.subject)} onClick={() => (asked.value = null)}>
            record {done.audit.seq} of {done.audit.subject}
          </a>
        </p>
      )}
    </div>
  )
}
