/** The operator's seat in a simulated world: previews at a process that is up, hesitates, confirms, and asks again where nobody answered. */
import type { Action } from '#domain/operator/action.ts'
import type { Confirmation, ConfirmAnswer, Operator, PreviewAnswer } from '#operate/operator.ts'
import type { World } from '#simulation/world/world.ts'
import type { OperatorAct } from '#storm/evidence.ts'

export const OPERATOR = 'operator'
/** Nobody waits longer for an answer, ms. */
const PATIENCE_MS = 7_000
const ASKS = 3
/** A world that has changed since the preview is shown anew; so often it is confirmed all the same. */
const ROUNDS = 4
/** Share of confirmations that are sent twice. */
const TWICE = 0.2

/** What came of asking; unanswered: it may or may not have been done. */
export type Asked = 'done' | 'refused' | 'unanswered'

export class Seat {
  readonly acts: OperatorAct[] = []
  /** How often what was answered. */
  readonly answers: Record<Asked, number> = { done: 0, refused: 0, unanswered: 0 }
  readonly #world: World
  #asked = 0

  constructor(world: World) {
    this.#world = world
  }

  /** Asks until somebody answers, at whichever process is up. */
  async ask(action: Action, hesitationMs: number): Promise<Asked> {
    this.#asked += 1
    const why = `ask ${this.#asked}`
    let answer: Asked = 'unanswered'
    for (let ask = 0; ask < ASKS && answer === 'unanswered'; ask += 1)
      answer = await this.#once(action, why, ask === 0 ? hesitationMs : 0)
    this.answers[answer] += 1
    this.#world.kernel.trace.note(`operator ${JSON.stringify(action)} ${answer}`)
    return answer
  }

  /** Time passes for whoever sits here. */
  wait(ms: number): Promise<void> {
    const { kernel } = this.#world
    return new Promise((resolve) => void kernel.post(kernel.world, ms, 'operator waits', resolve))
  }

  async #once(action: Action, why: string, hesitationMs: number): Promise<Asked> {
    const { kernel } = this.#world
    const berth = this.#world.someProcess(kernel.random())
    const operator = berth?.process?.operator
    if (berth === undefined || operator === undefined) {
      await this.wait(PATIENCE_MS / 4)
      return 'unanswered'
    }
    const at = <T>(delayMs: number, label: string, run: () => Promise<T>): Promise<T | null> => {
      const { promise, resolve } = Promise.withResolvers<T | null>()
      const { actor } = berth
      kernel.post(kernel.world, delayMs + PATIENCE_MS, 'operator waits no longer', () => resolve(null))
      kernel.post(actor, delayMs + kernel.latency(), label, () => {
        run().then(
          (value) => resolve(actor.alive ? value : null),
          () => resolve(null),
        )
      })
      return promise
    }
    const shown = await at(0, 'operator asks', () => operator.preview(action, OPERATOR))
    return await this.#confirmed(shown, operator, { action, why, hesitationMs, at })
  }

  async #confirmed(shown: PreviewAnswer | null, operator: Operator, asking: Asking): Promise<Asked> {
    const { action, why, at } = asking
    if (shown === null) return 'unanswered'
    if (shown.kind === 'refused') return 'refused'
    let token = shown.preview.confirm
    let hesitationMs = asking.hesitationMs
    for (let round = 0; round < ROUNDS; round += 1) {
      const confirmation: Confirmation = { token, why, caller: OPERATOR }
      const confirm = (): Promise<ConfirmAnswer> => operator.confirm(action, confirmation)
      const answer = await at(hesitationMs, 'operator confirms', confirm)
      if (answer === null) return 'unanswered'
      if (answer.kind === 'done') {
        if (this.#world.kernel.random() < TWICE) await at(0, 'operator confirms again', confirm)
        this.acts.push({
          action,
          by: OPERATOR,
          at: this.#world.kernel.now,
          records: answer.performed.records,
        })
        return 'done'
      }
      if (answer.kind !== 'changed') return 'refused'
      token = answer.preview.confirm
      hesitationMs = 0
    }
    return 'refused'
  }
}

interface Asking {
  readonly action: Action
  readonly why: string
  readonly hesitationMs: number
  readonly at: <T>(delayMs: number, label: string, run: () => Promise<T>) => Promise<T | null>
}
