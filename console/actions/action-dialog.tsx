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
import { Confirm } from './confirm.tsx'
import { asked, nameOf, targetText } from './ask.ts'

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
  return (
    <dialog ref={dialog} class="action" aria-labelledby="action-title" onClose={() => (asked.value = null)}>
      <h2 id="action-title">
        {nameOf(action.verb)} <span class="quiet">{targetText(action)}</span>
      </h2>
      <PhaseBody phase={phase} />
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
      {phase.at !== 'shown' && (
        <form method="dialog" class="buttons">
          <Close />
        </form>
      )}
    </dialog>
  )
}

/** Takes the focus where the fields were. */
function Close(): VNode {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return <button ref={button}>Close</button>
}

function PhaseBody({ phase }: { readonly phase: Phase }): VNode | null {
  if (phase.at === 'asking') return <p>Asking what it would do …</p>
  if (phase.at === 'done') return <Done done={phase.done} />
  if (phase.at !== 'refused') return null
  return (
    <div class="notice notice-bad" role="alert">
      <p>Nothing was done. {phase.why}</p>
    </div>
  )
}

function changedOf(error: unknown): ActionChanged | null {
  if (!(error instanceof Refused) || error.status !== 409) return null
  const answer = error.answer as Partial<ActionChanged> | null
  return answer?.preview === undefined ? null : (answer as ActionChanged)
}

/** A record is named with the kind of its subject, `control.global`; the trail is asked for by the subject alone. */
function subjectOf(named: string): string {
  return named.slice(named.indexOf('.') + 1)
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
          <a href={addressOf('audit', subjectOf(done.audit.subject))} onClick={() => (asked.value = null)}>
            record {done.audit.seq} of {done.audit.subject}
          </a>
        </p>
      )}
    </div>
  )
}
