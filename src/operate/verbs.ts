/** Every verb by its name. A new one is a file of its own in this folder and a line here. */
import type { Action, VerbName } from '#domain/operator/action.ts'
import type { Verb } from './verb.ts'

const VERBS: Readonly<Partial<{ [V in VerbName]: Verb<V> }>> = {}

/** The verb of an action. @throws RangeError for one that is not built */
export function verbOf(action: Action): Verb {
  const verb = VERBS[action.verb]
  if (verb === undefined) throw new RangeError(`Expected a verb that is built, saw ${action.verb}.`)
  return verb as Verb
}
