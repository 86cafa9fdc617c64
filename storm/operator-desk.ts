/** The operator of a storm: acts over HTTP as people do, through the same broken ways, until each word was heard. */
import { setTimeout as delay } from 'node:timers/promises'
import { type ActionClient, type Asked, act, createActionClient } from '#client/actions.ts'
import { ActionRefused } from '#client/client-errors.ts'
import { type Action, actionOf, actionRequestSchema } from '#domain/operator/action.ts'
import type { ByHand, Deeds } from './deeds.ts'
import type { OperatorAct } from './evidence.ts'
import type { Ground } from './ground.ts'
import { pick } from './plan.ts'
import type { Seat } from './seats.ts'

/** One call, ms. */
const TIMEOUT_MS = 3_000
/** Whose the token of an installation is. */
const OPERATOR = 'operator'
/** The API may be down for a while; a call is repeated longer than that. */
const ATTEMPTS = 60
/** A sweep finds what was opened by hand within some of its rounds. */
const FOUND_WITHIN_MS = 25_000
const LOOK_MS = 700

export class OperatorDesk {
  readonly acts: OperatorAct[] = []
  readonly #ground: Ground
  readonly #deeds: Deeds
  readonly #note: (kind: string, detail: string) => void
  readonly #client: ActionClient

  constructor(ground: Ground, deeds: Deeds, note: (kind: string, detail: string) => void) {
    this.#ground = ground
    this.#deeds = deeds
    this.#note = note
    const url = `http://127.0.0.1:${ground.apiWay.port}`
    const token = ground.installation.operatorToken
    this.#client = createActionClient({ url, token, attempts: ATTEMPTS, timeoutMs: TIMEOUT_MS })
  }

  async flatten([which, all, where]: readonly number[]): Promise<void> {
    const seat = this.#seat(which)
    const [held] = (await this.#open()).filter(({ account }) => account === seat.id).slice(0, 1)
    const one = (all ?? 0) < 0.5 ? undefined : held?.instrument
    const account = (where ?? 0) < 0.15 ? '*' : seat.id
    await this.#act({ verb: 'flatten', account, ...(one !== undefined && { instrument: one }) })
  }

  async haltScope([which, what]: readonly number[], forMs: number): Promise<void> {
    const { id, strategy } = this.#seat(which)
    const scope =
      (what ?? 0) < 0.5 ? ({ kind: 'account', account: id } as const) : ({ kind: 'strategy', strategy } as const)
    await this.#act({ verb: 'halt', scope })
    await delay(forMs)
    await this.#act({ verb: 'resume', scope })
  }

  async quarantine([which]: readonly number[], forMs: number): Promise<void> {
    const account = this.#seat(which).id
    await this.#act({ verb: 'quarantine', account })
    await delay(forMs)
    await this.#act({ verb: 'release', account })
  }

  async adopt(draws: readonly number[], forMs: number): Promise<void> {
    const opened = await this.#deeds.open(draws)
    if (opened === null) return
    const found = await this.#found(opened, 'adopt')
    await delay(forMs)
    if (found === null) return await this.#deeds.undo(opened)
    if ((draws[3] ?? 0) < 0.5) await this.#act({ verb: 'flatten', account: opened.seat.id, instrument: found })
  }

  async ignore(draws: readonly number[], forMs: number): Promise<void> {
    const opened = await this.#deeds.open(draws)
    if (opened === null) return
    const found = await this.#found(opened, 'ignore')
    await delay(forMs)
    if (found !== null && (draws[3] ?? 0) < 0.5) {
      await this.#act({ verb: 'unignore', account: opened.seat.id, instrument: found })
      await delay(forMs)
    }
    await this.#deeds.undo(opened)
  }

  /** Asks until a sweep has found the position; its instrument, null where none did. */
  async #found({ seat, deed }: ByHand, verb: 'adopt' | 'ignore'): Promise<string | null> {
    const deadline = performance.now() + FOUND_WITHIN_MS
    while (performance.now() < deadline) {
      await delay(LOOK_MS)
      const { book } = this.#ground.book
      const newest = { orderBy: { field: 'startedAt', direction: 'descending' }, limit: 1 } as const
      const [sweep] = await book.list('sweeps', { where: { account: seat.id }, ...newest })
      const finding = sweep?.row.findings.find(
        ({ kind, instrument }) => kind === 'unexpected-position' && seat.symbolOf(instrument) === deed.symbol,
      )
      if (finding === undefined) continue
      const { instrument } = finding
      return (await this.#act({ verb, account: seat.id, instrument })) ? instrument : null
    }
    return null
  }

  /** False when it was refused: the world had moved on. */
  async #act(action: Asked): Promise<boolean> {
    try {
      const { verb, records } = await act(this.#client, { ...action, why: 'the storm wants it' })
      const done: Action = actionOf(actionRequestSchema.parse(action))
      this.acts.push({ action: done, by: OPERATOR, at: this.#ground.now(), records })
      this.#note(verb, JSON.stringify(action))
      return true
    } catch (error) {
      if (!(error instanceof ActionRefused)) throw error
      this.#note(`${action.verb} refused`, error.message)
      return false
    }
  }

  #seat(draw: number | undefined): Seat {
    return pick(this.#ground.seats, draw) as Seat
  }

  async #open() {
    const open = await this.#ground.book.book.list('positions', { where: { open: true } })
    return open.map(({ row }) => row)
  }
}
