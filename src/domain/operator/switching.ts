/** What a halt and a resume touch: the switch of everything, of an account or of a strategy. */
import { type Scope, controlIdOf, firstHalt, scopeText } from '../control.ts'
import type { AccountId } from '../ids.ts'
import { coversStrategy } from '../policy.ts'
import type { ActionOf } from './action.ts'
import { type Radius, type Refusal, radiusOf, unknownAccount } from './radius.ts'
import { standingAgainst } from './standing.ts'
import type { OperatorView } from './view.ts'

/** Nothing that is open is touched, so nothing that trades can make this preview old. */
export function haltRadius({ scope }: ActionOf<'halt'>, view: OperatorView): Radius | Refusal {
  const refusal = refusalOf(scope, view)
  if (refusal !== null) return refusal
  const halted = haltOf(scope, view)
  const lines = [
    `Entries of ${scopeText(scope)} stop: signals that would open, add or reverse are denied (gate trading-enabled).`,
    'Entries that were accepted and not sent yet are not sent any more; of one that may have been sent, what the venue took is kept.',
    'What is open stays open: its stops, exits and cancels go on.',
    'It stays so over restarts, until an admin resumes.',
    ...(halted === null ? [] : [`It is halted already, by ${halted.by}: ${halted.why}.`]),
    ...strangerLines(scope, view),
  ]
  return radiusOf(accountsOf(scope, view), lines, { strategies: strategiesOf(scope, view) })
}

/** A resume that has nothing to resume is refused, so that nobody believes to have changed something. */
export function resumeRadius({ scope }: ActionOf<'resume'>, view: OperatorView): Radius | Refusal {
  const refusal = refusalOf(scope, view)
  if (refusal !== null) return refusal
  const halted = haltOf(scope, view)
  if (halted === null) {
    const message = `Expected entries of ${scopeText(scope)} to be halted, saw that they are not; see GET /v1/control for what is.`
    return { refused: 'conflict', message }
  }
  const accounts = accountsOf(scope, view)
  const lines = [
    `Entries of ${scopeText(scope)} are allowed again, as far as every other gate lets them.`,
    `They were halted by ${halted.by}: ${halted.why}.`,
    'Signals that were denied meanwhile are not made up for.',
  ]
  const against = standingAgainst(accounts, view, controlIdOf(scope))
  return radiusOf(accounts, lines, { strategies: strategiesOf(scope, view), against })
}

function haltOf(scope: Scope, view: OperatorView) {
  const id = controlIdOf(scope)
  return firstHalt(view.controls.filter((held) => held.id === id))?.row ?? null
}

function refusalOf(scope: Scope, view: OperatorView): Refusal | null {
  return scope.kind === 'account' ? unknownAccount(scope.account, view) : null
}

function accountsOf(scope: Scope, view: OperatorView): AccountId[] {
  return view.accounts
    .filter(({ account, strategies }) => {
      if (scope.kind === 'all') return true
      return scope.kind === 'account' ? account === scope.account : coversStrategy(strategies, scope.strategy)
    })
    .map(({ account }) => account)
}

function strategiesOf(scope: Scope, view: OperatorView): string[] {
  if (scope.kind === 'strategy') return [scope.strategy]
  const accounts = new Set(accountsOf(scope, view))
  const names = view.accounts.filter(({ account }) => accounts.has(account)).flatMap(({ strategies }) => strategies)
  return [...new Set(names)].toSorted()
}

/** A mistyped name would stop nothing, and nobody would notice. */
function strangerLines(scope: Scope, view: OperatorView): string[] {
  if (scope.kind !== 'strategy' || accountsOf(scope, view).length > 0) return []
  return [
    `No account takes this strategy by itself: only signals that name their accounts can carry "${scope.strategy}".`,
  ]
}
