/** Every verb by its name. A new one is a file of its own in this folder and a line here. */
import type { Action, VerbName } from '#domain/operator/action.ts'
import { acknowledge } from './acknowledge.ts'
import { cancelOrders } from './cancel-orders.ts'
import { flatten } from './flatten.ts'
import { halt, resume } from './halt.ts'
import { quarantine, release } from './quarantine.ts'
import { retryJob } from './retry-job.ts'
import { adopt, ignore, unignore } from './strangers.ts'
import { sweep } from './sweep.ts'
import type { Verb } from './verb.ts'

const VERBS: Readonly<Partial<{ [V in VerbName]: Verb<V> }>> = {
  sweep,
  acknowledge,
  halt,
  resume,
  'cancel-orders': cancelOrders,
  flatten,
  adopt,
  ignore,
  unignore,
  quarantine,
  release,
  'retry-job': retryJob,
}

/** The verb of an action. @throws RangeError for one that is not built */
export function verbOf(action: Action): Verb {
  const verb = VERBS[action.verb]
  if (verb === undefined) throw new RangeError(`Expected a verb that is built, saw ${action.verb}.`)
  return verb as Verb
}
