/**
 * Every action that an operator may ask for, as one schema: the console, the HTTP interface and the command line all speak it. An action
 * names a verb and its target; who asks and why stand beside it.
 */
import { z } from 'zod'
import type { AccountId } from '../ids.ts'
import { plainLine } from '../plain-text.ts'

const account = z.string().min(1).max(64)
const accountOrAll = account.default('*').describe('Account id, or * for all of them.')
const instrument = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9@._/-]+$/, 'a canonical symbol such as "BTC-PERP"')
const strategy = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9._@/-]+$/, 'letters, digits and . _ @ / - only')
const scope = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('account'), account }),
    z.strictObject({ kind: z.literal('strategy'), strategy }),
  ])
  .describe('What the switch is about; left out: everything.')
  .default({ kind: 'all' })

/** What stands beside the target of every action. */
const said = {
  why: z
    .string()
    .overwrite(plainLine)
    .trim()
    .min(1)
    .max(500)
    .optional()
    .describe('Kept in the audit record. A preview may leave it out; only a sweep may be confirmed without.'),
  confirm: z.string().min(1).max(200).optional().describe('The token of a preview. Left out: answer the preview only.'),
}

/** Body of `POST /v1/actions`. */
export const actionRequestSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('sweep'), account: accountOrAll, ...said }),
  z.strictObject({ verb: z.literal('acknowledge'), alert: z.string().min(1).max(128), ...said }),
  z.strictObject({ verb: z.literal('halt'), scope, ...said }),
  z.strictObject({ verb: z.literal('resume'), scope, ...said }),
  z.strictObject({ verb: z.literal('cancel-orders'), account: accountOrAll, ...said }),
  z.strictObject({ verb: z.literal('flatten'), account: accountOrAll, instrument: instrument.optional(), ...said }),
  z.strictObject({
    verb: z.literal('adopt'),
    account,
    instrument,
    strategy: strategy.default('operator').describe('Whose position it becomes.'),
    ...said,
  }),
  z.strictObject({ verb: z.literal('ignore'), account, instrument, ...said }),
  z.strictObject({ verb: z.literal('unignore'), account, instrument, ...said }),
  z.strictObject({ verb: z.literal('quarantine'), account, ...said }),
  z.strictObject({ verb: z.literal('release'), account, ...said }),
  z.strictObject({
    verb: z.literal('retry-job'),
    queue: z.string().min(1).max(128),
    job: z.string().min(1).max(256),
    ...said,
  }),
])
/** A request as parsed, e.g. `{ verb: 'halt', scope: { kind: 'all' }, why: 'venue incident' }`. */
export type ActionRequest = z.output<typeof actionRequestSchema>
/** The same as a caller writes it: what has a default may be left out. */
export type ActionInput = z.input<typeof actionRequestSchema>

type WithoutSaid<R> = R extends ActionRequest ? Omit<R, 'why' | 'confirm'> : never
/** Verb and target alone. */
export type Action = WithoutSaid<ActionRequest>
export type VerbName = Action['verb']
/** The action of one verb. */
export type ActionOf<V extends VerbName> = Extract<Action, { readonly verb: V }>

/** Verb and target of a request. */
export function actionOf(request: ActionRequest): Action {
  const { why: _why, confirm: _confirm, ...action } = request
  return action
}

/** The account that an action is about; `*`: all; null where it names none. */
export function accountOfAction(action: Action): AccountId | null {
  if ('account' in action) return action.account
  if ('scope' in action && action.scope.kind === 'account') return action.scope.account
  return null
}
