/** Halt and resume: one switch, written with its record in one commit. Kept over restarts, since it is a row of the book. */
import type { ControlRow } from '#domain/account.ts'
import { scopeText } from '#domain/control.ts'
import type { ActionOf } from '#domain/operator/action.ts'
import { haltRadius, resumeRadius } from '#domain/operator/switching.ts'
import { controlHolder } from './chain.ts'
import { recordOf, sealedWithRefs } from './record.ts'
import type { OperateTools, Order, Performed, StoredView } from './tools.ts'
import type { Verb } from './verb.ts'

export const halt: Verb<'halt'> = { radius: haltRadius, perform: switchTo(false) }
export const resume: Verb<'resume'> = { radius: resumeRadius, perform: switchTo(true) }

function switchTo(tradingEnabled: boolean) {
  return async (
    action: ActionOf<'halt'> | ActionOf<'resume'>,
    view: StoredView,
    order: Order,
    { book }: OperateTools,
  ): Promise<Performed> => {
    const holder = controlHolder(action.scope, view)
    const after = { tradingEnabled, by: order.by, why: order.why, at: order.at }
    const change = { before: shown(holder.before), after }
    const { writes, records } = sealedWithRefs([
      holder.write((row) => ({ ...row, ...after })),
      recordOf(action, holder.about, change, order),
    ])
    await book.commit(writes)
    const detail = `Entries of ${scopeText(action.scope)} are ${tradingEnabled ? 'allowed again' : 'halted; exits and stops go on'}.`
    return { detail, records, keys: [] }
  }
}

/** A switch as a record shows it: without the head of its chain. */
function shown(row: ControlRow | null): Omit<ControlRow, 'audit'> | null {
  if (row === null) return null
  const { audit: _, ...rest } = row
  return rest
}
