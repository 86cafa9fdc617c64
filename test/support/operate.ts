/** Operators of a running installation, as its API makes them, without the API: preview and confirm in one call. */
import assert from 'node:assert/strict'
import type { Truebook } from '#compose.ts'
import type { AccountPolicy } from '#domain/policy.ts'
import type { Action } from '#domain/operator/action.ts'
import { type Operator, createOperator } from '#operate/operator.ts'
import type { Performed } from '#operate/tools.ts'

export const WHO = 'anna'
export const WHY = 'because of a test'

/** For verbs that need no list of dead jobs. */
export function operatorOf(
  { book, queue }: Pick<Truebook, 'book' | 'queue'>,
  accounts: readonly Pick<AccountPolicy, 'account' | 'venue' | 'strategies'>[],
  now: () => number = Date.now,
): Operator {
  const unused = async (): Promise<never> => assert.fail('dead jobs were asked for')
  return createOperator({ book, queue, deadJobs: { list: unused, find: unused, remove: unused }, accounts, now })
}

/** Previews and confirms; a world that has changed in between is looked at again, as a person would. */
export async function act(operator: Operator, action: Action): Promise<Performed> {
  for (let tries = 1; ; tries += 1) {
    const shown = await operator.preview(action, WHO)
    if (shown.kind === 'refused') assert.fail(`refused: ${shown.refusal.message}`)
    const answer = await operator.confirm(action, { token: shown.preview.confirm, why: WHY, caller: WHO })
    if (answer.kind === 'done') return answer.performed
    if (answer.kind === 'refused' || tries === 10) assert.fail(`not done: ${JSON.stringify(answer)}`)
  }
}
