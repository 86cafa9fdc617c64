/** An operator's actions on a truth desk: the verbs as they are, over the desk's book and clock, with a queue that only remembers. */
import assert from 'node:assert/strict'
import type { Envelope } from '#domain/message.ts'
import type { Action } from '#domain/operator/action.ts'
import type { Refusal } from '#domain/operator/radius.ts'
import { type Operator, type Preview, createOperator } from '#operate/operator.ts'
import type { Performed } from '#operate/tools.ts'
import { WHO, act } from '#test/support/operate.ts'
import { routeSignal } from '#workers/route.ts'
import { ACCOUNT, type TruthDesk } from './truth-desk.ts'

export interface OperatorDesk {
  readonly operator: Operator
  /** Messages that the verbs handed to a queue. */
  readonly queued: Envelope[]
  /** Keys of jobs that were woken. */
  readonly woken: string[]
  preview(action: Action): Promise<Preview>
  refusal(action: Action): Promise<Refusal>
  act(action: Action): Promise<Performed>
  /** Routes what was queued for it. */
  route(): Promise<void>
}

export function openOperatorDesk({ book, tools }: TruthDesk): OperatorDesk {
  const queued: Envelope[] = []
  const woken: string[] = []
  const unused = async (): Promise<never> => assert.fail('dead jobs were asked for')
  const operator = createOperator({
    book,
    queue: {
      enqueue: async (envelope) => void queued.push(envelope),
      ensure: async () => true,
      wake: async (_stage, key) => void woken.push(key),
    },
    deadJobs: { list: unused, find: unused, remove: unused },
    accounts: [{ account: ACCOUNT, venue: 'hyperliquid', strategies: ['test'] }],
    now: () => tools.now(),
  })
  return {
    operator,
    queued,
    woken,
    async preview(action) {
      const answer = await operator.preview(action, WHO)
      return answer.kind === 'preview' ? answer.preview : assert.fail(`refused: ${answer.refusal.message}`)
    },
    async refusal(action) {
      const answer = await operator.preview(action, WHO)
      return answer.kind === 'refused' ? answer.refusal : assert.fail('not refused')
    },
    act: async (action) => await act(operator, action),
    async route() {
      for (const envelope of queued.splice(0)) if (envelope.stage === 'route') await routeSignal(envelope, tools)
    },
  }
}
