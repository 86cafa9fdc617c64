/** What may be asked of the server, and of whom: verbs need a role, and what is beyond it says so before anybody tries. */
import { signal } from '@preact/signals'
import type { ActionInput, VerbName } from '#domain/operator/action.ts'
import { ROLE_OF_VERB } from '#domain/operator/roles.ts'
import { session } from '../live/session.ts'
import { connection } from '../live/state.ts'

/** The action whose dialog is open; null: none. */
export const asked = signal<ActionInput | null>(null)

const RANK = { viewer: 0, operator: 1, admin: 2 } as const

/** Why this person cannot do it now; null: they can. */
export function whyNot(verb: VerbName): string | null {
  const seat = session.value
  if (seat === null) return 'Nobody is logged in.'
  const needed = ROLE_OF_VERB[verb]
  if (RANK[seat.role] < RANK[needed]) return `Needs the role ${needed}; ${seat.name} is ${seat.role}.`
  if (connection.value === 'lost') return 'The connection is lost.'
  return null
}

/** The word that must be typed for what cannot be taken back or lets exposure in again; null: none is. */
export function typedWordOf(action: ActionInput): string | null {
  if (action.verb === 'flatten') return action.account === undefined || action.account === '*' ? 'all' : action.account
  if (action.verb !== 'resume') return null
  const { scope } = action
  if (scope === undefined || scope.kind === 'all') return 'all'
  return scope.kind === 'account' ? scope.account : scope.strategy
}

const NAMES: Readonly<Record<VerbName, string>> = {
  sweep: 'Sweep again',
  acknowledge: 'Acknowledge',
  halt: 'Halt entries',
  resume: 'Re-arm entries',
  'cancel-orders': 'Cancel entry orders',
  flatten: 'Flatten',
  adopt: 'Adopt',
  ignore: 'Ignore',
  unignore: 'Stop ignoring',
  quarantine: 'Quarantine',
  release: 'Release',
  'retry-job': 'Retry',
}

/** What a verb is called on buttons. */
export function nameOf(verb: VerbName): string {
  return NAMES[verb]
}

/** What an action is about, in words. */
export function targetText(action: ActionInput): string {
  switch (action.verb) {
    case 'halt':
    case 'resume':
      return scopeText(action.scope)
    case 'acknowledge':
      return 'this alert'
    case 'retry-job':
      return `${action.job} of ${action.queue}`
    case 'adopt':
    case 'ignore':
    case 'unignore':
    case 'flatten':
      return action.instrument === undefined
        ? accountText(action.account)
        : `${action.instrument} at ${accountText(action.account)}`
    default:
      return accountText(action.account)
  }
}

function scopeText(scope: Extract<ActionInput, { verb: 'halt' }>['scope']): string {
  if (scope === undefined || scope.kind === 'all') return 'everything'
  return scope.kind === 'account' ? `account ${scope.account}` : `strategy ${scope.strategy}`
}

function accountText(account: string | undefined): string {
  return account === undefined || account === '*' ? 'every account' : account
}
