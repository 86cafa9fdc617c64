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

const VERBS: Readonly<{ [V in VerbName]: Verb<V> }> = {
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

/** The verb of an action. */
export function verbOf(action: Action): Verb {
  return VERBS[action.verb] as Verb
}
