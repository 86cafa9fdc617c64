/** Previews and confirms an operator's actions on a truth desk: the verbs as they are, over the desk's book and clock. */
import assert from 'node:assert/strict'
import type { Action } from '#domain/operator/action.ts'
import type { Envelope } from '#domain/message.ts'
import type { Refusal } from '#domain/operator/radius.ts'
import { type Operator, type Preview, createOperator } from '#operate/operator.ts'
import type { Performed } from '#operate/tools.ts'
import { routeSignal } from '#workers/route.ts'
import { ACCOUNT, type TruthDesk } from './truth-desk.ts'

export const WHO = 'anna'
export const WHY = 'because of a test'

export interface OperatorDesk {
  readonly operator: Operator
  /** Messages that the verbs handed to a queue. */
  readonly queued: Envelope[]
  /** Keys of jobs that were woken. */
  readonly woken: string[]
  preview(action: Action): Promise<Preview>
  refusal(action: Action): Promise<Refusal>
  /** Previews and confirms. */
  act(action: Action): Promise<Performed>
  /** Routes what was queued for it. */
  route(): Promise<void>
}

export function openOperatorDesk({ book, tools }: TruthDesk): OperatorDesk {
  const queued: Envelope[] = []
  const woken: string[] = []
  const operator = createOperator({
    book,
    queue: {
      enqueue: async (envelope) => void queued.push(envelope),
      ensure: async () => true,
      wake: async (_stage, key) => void woken.push(key),
    },
    deadJobs: { list: assert.fail, find: assert.fail, remove: assert.fail } as never,
    accounts: [{ account: ACCOUNT, venue: 'hyperliquid', strategies: ['test'] }],
    now: () => tools.now(),
  })
  const desk: OperatorDesk = {
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
    async act(action) {
      const { confirm } = await desk.preview(action)
      const answer = await operator.confirm(action, { token: confirm, why: WHY, caller: WHO })
      return answer.kind === 'done' ? answer.performed : assert.fail(`not done: ${JSON.stringify(answer)}`)
    },
    async route() {
      for (const envelope of queued.splice(0)) if (envelope.stage === 'route') await routeSignal(envelope, tools)
    },
  }
  return desk
}
