/** What a quarantine and a release touch: the trading state of one account. Exits are allowed in every state. */
import type { ActionOf } from './action.ts'
import { type Radius, type Refusal, radiusOf, unknownAccount } from './radius.ts'
import { standingAgainst } from './standing.ts'
import { accountRowIn, type OperatorView } from './view.ts'

export function quarantineRadius({ account }: ActionOf<'quarantine'>, view: OperatorView): Radius | Refusal {
  const refusal = unknownAccount(account, view)
  if (refusal !== null) return refusal
  if (stateOf(account, view) === 'quarantined') {
    return { refused: 'conflict', message: `Expected ${account} not to be quarantined, saw that it is already.` }
  }
  return radiusOf(
    [account],
    [
      `${account} is quarantined: no entry passes (gate account-state) until an admin releases it, also over restarts.`,
      'Entries that were accepted and not sent yet are not sent any more.',
      'What is open stays open: its stops, exits and cancels go on, and sweeps compare as before.',
    ],
  )
}

export function releaseRadius({ account }: ActionOf<'release'>, view: OperatorView): Radius | Refusal {
  const refusal = unknownAccount(account, view)
  if (refusal !== null) return refusal
  const state = stateOf(account, view)
  if (state === 'active') {
    return {
      refused: 'conflict',
      message: `Expected ${account} to be quarantined or reduce-only, saw that it is active.`,
    }
  }
  return radiusOf(
    [account],
    [`${account} is ${state} and becomes active: entries pass as far as every other gate lets them.`],
    // That it is quarantined is what the release ends.
    { against: standingAgainst([account], view).filter((line) => !line.startsWith(`${account} is ${state}:`)) },
  )
}

function stateOf(account: string, view: OperatorView): string {
  return accountRowIn(view, account)?.state ?? 'active'
}
