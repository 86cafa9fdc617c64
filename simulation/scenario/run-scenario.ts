/** Lives one scenario to its end and holds every promise against what the venues recorded. */
import { decimal } from '#domain/decimal.ts'
import { type SignalInput, signalSchema } from '#domain/signal.ts'
import type { Evidence, SentSignal } from '#storm/evidence.ts'
import type { Breach } from '#storm/invariants/breach.ts'
import { checkEvidence } from '#storm/invariants/check.ts'
import { Kernel } from '#simulation/kernel/kernel.ts'
import { atRest, inVirtualTime } from '#simulation/kernel/virtual-time.ts'
import type { OurProcess } from '#simulation/world/our-process.ts'
import { World } from '#simulation/world/world.ts'
import type { Log } from '#workers/worker.ts'
import { Disturber } from './disturb.ts'
import { Hands } from './hands.ts'
import {
  openAtRestIn,
  openPositions,
  recordsOf,
  stateOf,
  symbolOf,
  unlockedDifferences,
  unrestOf,
} from './observation.ts'
import { Operating } from './operate.ts'
import type { PlannedSignal } from './planned-signal.ts'
import type { Scenario } from './scenario.ts'
import { Seat } from './seat.ts'
import { checkTellings } from './tellings.ts'

/** What became of one seed. */
export interface Outcome {
  readonly seed: number
  /** Digest of all that happened: equal digests are equal runs. */
  readonly digest: string
  readonly events: number
  readonly boundaries: number
  /** Boundaries crossed before the world was left to rest. */
  readonly boundariesAlive: number
  readonly deaths: number
  readonly breaches: readonly Breach[]
  /** How often what happened, for a summary of many seeds. */
  readonly counts: Readonly<Record<string, number>>
}

export interface RunOptions {
  readonly tell?: (line: string) => void
}

/** A sender that got no answer tries again after this, ms. */
const RESEND_MS = 1_000
const SETTING_UP_MS = 60_000
const REST_PATIENCE_MS = 240_000
const LOOK_MS = 2_000

export async function runScenario(scenario: Scenario, { tell }: RunOptions = {}): Promise<Outcome> {
  const kernel = new Kernel({
    seed: scenario.seed,
    // Accounts are funded long before any process of ours looks at them.
    start: scenario.start - SETTING_UP_MS,
    deadlyBoundaries: scenario.deadlyBoundaries,
    rest: atRest,
    ...(tell === undefined ? {} : { tell }),
  })
  return await inVirtualTime(kernel, async () => await new Run(scenario, kernel, tell).toItsEnd())
}

class Run {
  readonly #scenario: Scenario
  readonly #kernel: Kernel
  readonly #log: Log
  readonly #sent: SentSignal[] = []
  #world!: World
  #disturber!: Disturber
  #hands!: Hands
  #seat!: Seat
  #operating!: Operating
  #rejections: string[] = []
  #boundariesAlive = 0

  constructor(scenario: Scenario, kernel: Kernel, tell: ((line: string) => void) | undefined) {
    this.#scenario = scenario
    this.#kernel = kernel
    const line = (level: string) => (fields: object, message: string) =>
      tell?.(`    ${level} ${message} ${text(fields)}`)
    this.#log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  }

  async toItsEnd(): Promise<Outcome> {
    const { start, lengthMs, signals, disturbances } = this.#scenario
    const kernel = this.#kernel
    await this.#driven(async () => {
      this.#world = await World.open(this.#scenario, kernel, this.#log)
    })
    await kernel.run(start)
    const onRejection = (reason: unknown): void => void this.#rejections.push(text({ reason }))
    process.on('unhandledRejection', onRejection)
    try {
      this.#seatPeople()
      this.#world.start()
      for (const signal of signals) this.#at(signal.at, () => this.#send(signal))
      for (const disturbance of disturbances) this.#at(disturbance.at, () => this.#disturber.begin(disturbance))
      for (const act of this.#scenario.acts) this.#at(act.at, () => this.#operating.begin(act))
      await kernel.run(start + lengthMs)
      this.#boundariesAlive = kernel.boundaries
      this.#disturber.repair()
      const open = await this.#untilRest()
      const differences = await this.#driven(() => unlockedDifferences(this.#world))
      const openAtRest = await this.#driven(() => openAtRestIn(this.#world))
      await this.#closeAll()
      const flat = await this.#untilRest()
      const { unrest, changed } = this.#scenario.replays ? await this.#replayed() : { unrest: [], changed: [] }
      return await this.#outcome({ open, flat: [...flat, ...unrest] }, { differences, openAtRest, changed })
    } finally {
      process.off('unhandledRejection', onRejection)
      await this.#world.rows.close().catch(() => undefined)
    }
  }

  #seatPeople(): void {
    this.#hands = new Hands(this.#world)
    this.#seat = new Seat(this.#world)
    this.#disturber = new Disturber(this.#world, this.#hands, this.#seat)
    const send = (signal: Pick<PlannedSignal, 'strategy' | 'fields'>): void => this.#send({ at: 0, ...signal })
    this.#operating = new Operating(this.#world, { hands: this.#hands, seat: this.#seat, send })
  }

  #at(ms: number, act: () => void): void {
    this.#kernel.post(this.#kernel.world, this.#scenario.start + ms - this.#kernel.now, 'world', act)
  }

  /** Runs something of the world's own while events go on. */
  async #driven<T>(act: () => Promise<T>): Promise<T> {
    let settled = false
    const result = act().finally(() => {
      settled = true
    })
    result.catch(() => undefined)
    await atRest()
    await this.#kernel.run(this.#kernel.now + 60_000, () => settled)
    return await result
  }

  #send({ strategy, fields }: PlannedSignal): void {
    const signal = {
      signal_id: `s${this.#sent.length + 1}`,
      source: 'desk',
      strategy,
      ts: Math.floor(this.#kernel.now),
      valid_for_ms: 600_000,
      ...fields,
    } as SignalInput
    const sent: { signal: SignalInput; acknowledged: SentSignal['acknowledged'] } = { signal, acknowledged: null }
    this.#sent.push(sent)
    this.#attempt(sent)
  }

  /** Sends until acknowledged, to whichever process is up; sometimes once more after that. */
  #attempt(sent: { readonly signal: SignalInput; acknowledged: SentSignal['acknowledged'] }): void {
    const kernel = this.#kernel
    const berth = this.#world.someProcess(kernel.random())
    const later = kernel.post(kernel.world, RESEND_MS + kernel.random() * RESEND_MS, 'resend', () =>
      this.#attempt(sent),
    )
    if (berth?.process === null || berth === undefined) return
    const { process, actor } = berth
    kernel.post(actor, kernel.latency(), 'signal', () => {
      process.accept(signalSchema.parse(sent.signal)).then(
        ({ signalKey, accounts }) => {
          if (!actor.alive) return
          sent.acknowledged = { signalKey, accounts: accounts.map(({ account }) => account) }
          if (kernel.random() < 0.8) later.cancel()
        },
        () => undefined,
      )
    })
  }

  async #closeAll(): Promise<void> {
    const positions = await this.#driven(() => openPositions(this.#world))
    const held = new Set(positions.map((row) => `${row.account} ${symbolOf(this.#world, row)}`))
    this.#hands.closeStrangers((account, symbol) => held.has(`${account} ${symbol}`))
    for (const row of positions) {
      const { strategy } = this.#world.accounts.find(({ id }) => id === row.account) ?? { strategy: 'coins' as const }
      this.#send({ at: 0, strategy, fields: { kind: 'close', instrument: row.instrument } })
    }
    await this.#kernel.run(this.#kernel.now + LOOK_MS)
  }

  async #replayed(): Promise<{ readonly unrest: readonly string[]; readonly changed: readonly string[] }> {
    const before = await this.#driven(() => stateOf(this.#world))
    await this.#replay()
    const unrest = await this.#untilRest()
    const after = await this.#driven(() => stateOf(this.#world))
    return { unrest, changed: before === after ? [] : [firstDifference(before, after)] }
  }

  /** Every message that was ever owed once more, every signal once more, and two sweeps. */
  async #replay(): Promise<void> {
    const [berth] = this.#world.berths
    const process = berth?.process
    if (berth === undefined || process === null || process === undefined) return
    const { actor } = berth
    await this.#driven(
      () =>
        new Promise<void>((resolve, reject) => {
          this.#kernel.post(actor, 1, 'replay', () => {
            this.#again(process).then(resolve, reject)
          })
        }),
    )
  }

  async #again(process: OurProcess): Promise<void> {
    for (const { signal } of this.#sent) await process.accept(signalSchema.parse(signal))
    for (const envelope of this.#world.messages.values()) {
      // A kept job stands for its message; one that Redis forgot is made anew.
      await process.tools.queue.ensure(envelope)
    }
    await process.sweep()
  }

  async #untilRest(): Promise<string[]> {
    const kernel = this.#kernel
    const since = kernel.now + 1_000
    const deadline = kernel.now + REST_PATIENCE_MS
    for (;;) {
      await kernel.run(kernel.now + LOOK_MS)
      const unrest = await this.#driven(() => unrestOf(this.#world, since))
      if (this.#operating.busy) unrest.push('the operator is not done')
      if (unrest.length === 0 || kernel.now > deadline) return unrest
    }
  }

  async #outcome(
    unrest: Evidence['unrest'],
    seen: Pick<Evidence, 'openAtRest'> & {
      readonly differences: readonly string[]
      readonly changed: readonly string[]
    },
  ): Promise<Outcome> {
    const { accounts, book, recordFaults } = await this.#driven(() => recordsOf(this.#world))
    const evidence: Evidence = {
      signals: this.#sent,
      deeds: this.#hands.deeds,
      acts: this.#seat.acts,
      skews: [],
      accounts,
      book,
      unrest,
      openDifferences: seen.differences,
      openAtRest: seen.openAtRest,
      standstillMs: standstillOf(this.#scenario),
      recordFaults,
      changedByReplay: seen.changed,
      recoveries: [],
      crashes: this.#rejections.map((reason) => ({ name: 'unhandled rejection', log: '', exit: reason })),
      happenings: [],
    }
    for (const account of accounts) this.#log.info({ account }, 'ends')
    this.#log.info({ book }, 'ends')
    const deaths = this.#world.berths.reduce((sum, { lives }) => sum + lives - 1, 0)
    const blows = deaths + this.#scenario.disturbances.length
    const { digest, count } = this.#kernel.trace
    return {
      seed: this.#scenario.seed,
      digest,
      events: count,
      boundaries: this.#kernel.boundaries,
      boundariesAlive: this.#boundariesAlive,
      deaths,
      breaches: [...checkEvidence(evidence), ...checkTellings(book.alerts, this.#world.delivered, blows)],
      counts: {
        signals: this.#sent.length,
        positions: book.positions.length,
        orders: accounts.reduce((sum, { truth }) => sum + truth.orders.length, 0),
        orphans: book.positions.filter(({ orphaned }) => orphaned).length,
        alerts: book.alerts.length,
        disturbances: this.#scenario.disturbances.length,
        acts: this.#seat.answers.done,
        refused: this.#seat.answers.refused,
        adopted: book.positions.filter(({ adopted }) => adopted !== undefined).length,
        traded: book.positions.filter(({ realised }) => realised !== null && !decimal(realised.gross).isZero()).length,
      },
    }
  }
}

/** A process that is stopped may have read before and write after it. */
function standstillOf({ disturbances }: Scenario): number {
  return Math.max(0, ...disturbances.map(({ kind, forMs }) => (kind === 'stop' ? forMs : 0)))
}

function text(fields: object): string {
  return JSON.stringify(fields, (_, value: unknown) =>
    value instanceof Error ? `${value.name}: ${value.message}\n${value.stack}` : value,
  )
}

function firstDifference(before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')]
  const line = a.findIndex((one, index) => one !== b[index])
  return `before: ${a.slice(Math.max(0, line - 1), line + 4).join(' ')} after: ${b.slice(Math.max(0, line - 1), line + 4).join(' ')}`
}
