/** Carries out what the operator of a scenario does: each act from its first question to the end of what it began. */
import type { Action } from '#domain/operator/action.ts'
import type { World } from '#simulation/world/world.ts'
import type { WorldAccount } from '#simulation/world/accounts.ts'
import { INSTRUMENTS, type StormAccount } from '#storm/accounts.ts'
import { pick } from '#storm/plan.ts'
import type { Act, ActKind } from './acts.ts'
import type { Hands } from './hands.ts'
import type { Seat } from './seat.ts'

/** Between two looks whether a sweep has found it, ms. */
const LOOK_MS = 600
const LOOKS = 30

type Send = (signal: { strategy: StormAccount['strategy']; fields: Readonly<Record<string, unknown>> }) => void

export class Operating {
  readonly #world: World
  readonly #hands: Hands
  readonly #seat: Seat
  readonly #send: Send
  #busy = 0

  constructor(world: World, { hands, seat, send }: { hands: Hands; seat: Seat; send: Send }) {
    this.#world = world
    this.#hands = hands
    this.#seat = seat
    this.#send = send
  }

  /** Whether something that was begun is not over. */
  get busy(): boolean {
    return this.#busy > 0
  }

  begin(act: Act): void {
    this.#busy += 1
    const [first = 0, second = 0, third = 0] = act.draws
    const account = pick(this.#world.accounts, first) as WorldAccount
    const instrument = pick(INSTRUMENTS[account.strategy].slice(0, 2), second) as string
    void this.#acts[act.kind]({ act, account, instrument, how: third }).finally(() => {
      this.#busy -= 1
    })
  }

  readonly #acts: Readonly<Record<ActKind, (scene: Scene) => Promise<void>>> = {
    'flatten-account': async ({ act, account, how }) => {
      await this.#ask(act, { verb: 'flatten', account: how < 0.5 ? '*' : account.id })
    },
    'flatten-instrument': async ({ act, account, instrument }) => {
      await this.#ask(act, { verb: 'flatten', account: account.id, instrument })
    },
    'cancel-orders': async ({ act, account, how }) => {
      await this.#ask(act, { verb: 'cancel-orders', account: how < 0.5 ? '*' : account.id })
    },
    adopt: async (scene) => await this.#adopt(scene),
    ignore: async (scene) => await this.#ignore(scene),
    'halt-account': async ({ act, account }) =>
      await this.#between(act, ['halt', 'resume'], { scope: { kind: 'account', account: account.id } }),
    'halt-strategy': async ({ act, account }) =>
      await this.#between(act, ['halt', 'resume'], { scope: { kind: 'strategy', strategy: account.strategy } }),
    quarantine: async ({ act, account }) =>
      await this.#between(act, ['quarantine', 'release'], { account: account.id }),
    acknowledge: async ({ act }) => {
      const oldestFirst = { field: 'raisedAt', direction: 'ascending' } as const
      const alerts = await this.#world.rows.list('alerts', { where: { active: true }, orderBy: oldestFirst })
      for (const { id } of alerts) await this.#ask(act, { verb: 'acknowledge', alert: id })
    },
  }

  async #ask({ hesitationMs }: Act, action: Action): Promise<boolean> {
    return (await this.#seat.ask(action, hesitationMs)) === 'done'
  }

  /** What an operator begins, an operator ends. */
  async #between(act: Act, [begin, end]: readonly [string, string], target: object): Promise<void> {
    await this.#ask(act, { verb: begin, ...target } as Action)
    await this.#seat.wait(act.forMs)
    await this.#ask(act, { verb: end, ...target } as Action)
  }

  async #adopt({ act, account, instrument, how }: Scene): Promise<void> {
    const found = await this.#found(account, instrument, how)
    if (found === null) return
    const about = { account: account.id, instrument: found }
    await this.#ask(act, { verb: 'adopt', ...about, strategy: 'operator' })
    await this.#seat.wait(act.forMs)
    const next = act.draws[3] ?? 0
    if (next < 0.3) await this.#ask(act, { verb: 'flatten', ...about })
    else if (next < 0.5) this.#hands.closeOn(account, found)
    else if (next < 0.8) {
      const stop_loss = { distance_bps: account.strategy === 'index' ? 25 : 90 }
      this.#send({ strategy: account.strategy, fields: { kind: 'adjust', instrument: found, stop_loss } })
    }
  }

  async #ignore({ act, account, instrument, how }: Scene): Promise<void> {
    const found = await this.#found(account, instrument, how)
    if (found === null) return
    const about = { account: account.id, instrument: found }
    await this.#ask(act, { verb: 'ignore', ...about })
    await this.#seat.wait(act.forMs)
    const next = act.draws[3] ?? 0
    if (next < 0.25) await this.#ask(act, { verb: 'unignore', ...about })
    else if (next < 0.45) this.#hands.add(account, found)
    else if (next < 0.6) await this.#ask(act, { verb: 'adopt', ...about, strategy: 'operator' })
    else if (next < 0.75) this.#hands.closeOn(account, found)
    // Whatever an ignored position does, its instrument is asked for again and stays locked.
    this.#enter(account, found, how)
  }

  #enter({ strategy }: WorldAccount, instrument: string, draw: number): void {
    const size = strategy === 'index' ? { type: 'contracts', value: '1' } : { type: 'notional_usd', value: '3000' }
    const stop_loss = { distance_bps: strategy === 'index' ? 20 : 80 }
    const side = draw < 0.5 ? 'long' : 'short'
    this.#send({ strategy, fields: { kind: 'open', instrument, side, size, stop_loss } })
  }

  /** Opens by hand and waits until a sweep has found it; its instrument. Null: it was not found. */
  async #found(account: WorldAccount, instrument: string, how: number): Promise<string | null> {
    this.#hands.open(account, instrument, how < 0.5 ? 'buy' : 'sell')
    for (let look = 0; look < LOOKS; look += 1) {
      await this.#seat.wait(LOOK_MS)
      const [newest] = await this.#world.rows.list('sweeps', {
        where: { account: account.id },
        orderBy: { field: 'startedAt', direction: 'descending' },
        limit: 1,
      })
      const finding = newest?.row.findings.find(({ kind }) => kind === 'unexpected-position')
      if (finding !== undefined) return finding.instrument
    }
    return null
  }
}

interface Scene {
  readonly act: Act
  readonly account: WorldAccount
  readonly instrument: string
  /** A draw for this act's own use. */
  readonly how: number
}
