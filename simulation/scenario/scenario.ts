/** What happens in one simulated world: a pure function of its seed. */
import { seededRandom } from '#simulators/venue/seeded-random.ts'
import { ACCOUNTS, INSTRUMENTS, type StormAccount } from '#storm/accounts.ts'
import { type Act, actsOf } from './acts.ts'
import type { PlannedSignal } from './planned-signal.ts'

/** Every kind of disturbance, and how often it comes beside the others. */
const WEIGHTS = {
  /** SIGKILL of a process at any moment; one at a boundary is drawn apart. */
  kill: 2,
  /** SIGSTOP beyond the locks of its jobs, then SIGCONT. */
  stop: 2,
  'redis-down': 1,
  'redis-wipe': 1,
  /** One job vanishes from Redis. */
  'job-lost': 1,
  /** One process alone cannot reach one of the others. */
  part: 3,
  /** Every exchange with one of the others may go wrong. */
  lossy: 2,
  'venue-fault': 8,
  'drop-streams': 1,
  'move-price': 2,
  'trip-stop': 3,
  'close-by-hand': 3,
  'open-by-hand': 2,
  'cancel-by-hand': 1,
  liquidate: 1,
  'void-trade': 1,
  /** An operator forbids new exposure for a while. */
  halt: 1,
} as const

export type DisturbanceKind = keyof typeof WEIGHTS

export interface Disturbance {
  /** Ms since the start. */
  readonly at: number
  readonly kind: DisturbanceKind
  readonly forMs: number
  /** Numbers in [0, 1) that pick what it hits and how. */
  readonly draws: readonly number[]
}

export interface Scenario {
  readonly seed: number
  readonly start: number
  readonly accounts: readonly StormAccount[]
  /** Clock errors of the processes of ours, ms; as many as there are processes. */
  readonly skewsMs: readonly number[]
  /** How far the venues' clocks are ahead, ms. */
  readonly venueAheadMs: number
  readonly signals: readonly PlannedSignal[]
  readonly disturbances: readonly Disturbance[]
  /** What an operator does meanwhile. */
  readonly acts: readonly Act[]
  /** Boundaries at which the process that crosses them dies. */
  readonly deadlyBoundaries: ReadonlySet<number>
  /** Disturbances end here, ms since the start. */
  readonly lengthMs: number
  /** Whether everything is delivered again at the end. */
  readonly replays: boolean
}

/** Share of worlds in which everything is delivered again. */
const REPLAYED = 0.3
/** A Tuesday in trading hours of every venue, half a minute before a funding hour. */
export const START = Date.UTC(2026, 10, 24, 15, 59, 48)
const LENGTH_MS = 15_000
const SKEW_MS = 400
/** Where deaths at a boundary are tried: about as many as a short life with one process crosses. */
const BOUNDARIES = 900

export function scenarioOf(seed: number): Scenario {
  const random = seededRandom(seed * 7 + 3)
  const below = (count: number): number => Math.floor(random() * count)
  const account = ACCOUNTS[below(ACCOUNTS.length)] as StormAccount
  const second = random() < 0.15 ? (ACCOUNTS[below(ACCOUNTS.length)] as StormAccount) : account
  const accounts = account === second ? [account] : [account, second]
  const processes = random() < 0.75 ? 2 : random() < 0.5 ? 1 : 3
  const calm = random() < 0.1
  const scenario = {
    seed,
    start: START,
    accounts,
    skewsMs: Array.from({ length: processes }, () => Math.round((random() - 0.5) * 2 * SKEW_MS)),
    venueAheadMs: Math.round((random() - 0.5) * 2 * SKEW_MS),
    signals: signalsOf(accounts, random),
    disturbances: calm ? [] : disturbancesOf(random),
    deadlyBoundaries: new Set(calm ? [] : Array.from({ length: below(4) }, () => below(BOUNDARIES))),
    lengthMs: LENGTH_MS,
    replays: random() < REPLAYED,
  }
  const { acts, signals } = actsOf(accounts, LENGTH_MS, random)
  return { ...scenario, acts, signals: [...scenario.signals, ...signals].toSorted((a, b) => a.at - b.at) }
}

function signalsOf(accounts: readonly StormAccount[], random: () => number): PlannedSignal[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const signals: PlannedSignal[] = []
  for (const strategy of new Set(accounts.map((account) => account.strategy))) {
    const instruments = INSTRUMENTS[strategy].slice(0, 2)
    const count = 1 + Math.floor(random() * 2)
    for (let index = 0; index < count; index += 1) {
      const instrument = pick(instruments)
      const at = 300 + random() * (LENGTH_MS * 0.4)
      signals.push({ at, strategy, fields: openFields(strategy, instrument, random) })
      if (random() < 0.7)
        signals.push({ at: at + 1_000 + random() * 8_000, strategy, fields: laterFields(strategy, instrument, random) })
    }
  }
  return signals.toSorted((a, b) => a.at - b.at)
}

function openFields(strategy: string, instrument: string, random: () => number): Readonly<Record<string, unknown>> {
  const index = strategy === 'index'
  return {
    kind: 'open',
    instrument,
    side: random() < 0.5 ? 'long' : 'short',
    size: index
      ? { type: 'contracts', value: String(1 + Math.floor(random() * 3)) }
      : { type: 'notional_usd', value: '5000' },
    ...(random() < 0.8 && { stop_loss: { distance_bps: index ? 20 : 80 } }),
    ...(random() < 0.3 && { take_profit: { distance_bps: index ? 30 : 120 } }),
    ...(random() < 0.3 && { trail: { distance_bps: index ? 20 : 60 } }),
    ...(random() < 0.3 && { max_hold_ms: 3_000 + Math.floor(random() * 12_000) }),
  }
}

function laterFields(strategy: string, instrument: string, random: () => number): Readonly<Record<string, unknown>> {
  const which = random()
  if (which < 0.5) return { kind: 'close', instrument }
  if (which < 0.75) return { kind: 'adjust', instrument, stop_loss: { distance_bps: strategy === 'index' ? 25 : 100 } }
  const { kind: _, ...entry } = openFields(strategy, instrument, random)
  return { kind: 'reverse', ...entry }
}

function disturbancesOf(random: () => number): Disturbance[] {
  const deck = Object.entries(WEIGHTS).flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => kind as DisturbanceKind),
  )
  const count = Math.floor(random() * 7)
  return Array.from({ length: count }, () => ({
    at: random() * LENGTH_MS,
    kind: deck[Math.floor(random() * deck.length)] as DisturbanceKind,
    forMs: 500 + random() * 5_000,
    draws: Array.from({ length: 6 }, random),
  })).toSorted((a, b) => a.at - b.at)
}
