/** The plan of a storm: which disturbance begins when, lasts how long and draws what. Pure: the same seed is the same plan. */
import { seeded } from '#demo/prices.ts'

export type BookKind = 'embedded' | 'firestore'

interface Term {
  /** How long it lasts, ms, at least and at most; both 0 for what is over at once. */
  readonly ms: readonly [number, number]
  /** How often it comes beside the others. */
  readonly weight: number
}

/** Every kind of disturbance. */
export const TERMS = {
  /** SIGKILL; the worker is started again after the time. */
  'kill-worker': { ms: [500, 3_000], weight: 3 },
  'kill-api': { ms: [300, 1_500], weight: 1 },
  /** SIGSTOP beyond the lock of its jobs, then SIGCONT. */
  'stop-worker': { ms: [3_000, 6_000], weight: 2 },
  /** SIGKILL and a start with a clock that goes wrong by up to a second. */
  'skew-worker': { ms: [300, 600], weight: 1 },
  'kill-redis': { ms: [300, 2_500], weight: 1 },
  /** FLUSHALL. */
  'flush-redis': { ms: [0, 0], weight: 1 },
  /** SIGKILL, data folder deleted, started empty. */
  'erase-redis': { ms: [200, 2_000], weight: 1 },
  'hole-redis': { ms: [1_000, 4_000], weight: 1 },
  /** One worker alone loses Redis. */
  'part-worker': { ms: [3_000, 6_000], weight: 1 },
  /** Firestore: its proxy holds or refuses. SQLite: another process holds the lock of the file. */
  'stop-book': { ms: [1_000, 5_000], weight: 2 },
  /** Firestore: its emulator is stopped. SQLite: the lock once more, for long. */
  'freeze-book': { ms: [2_000, 6_000], weight: 1 },
  'hole-venue': { ms: [1_000, 6_000], weight: 2 },
  'refuse-venue': { ms: [500, 4_000], weight: 1 },
  'reset-venue': { ms: [0, 0], weight: 2 },
  'slow-venue': { ms: [1_000, 4_000], weight: 1 },
  'hole-stream': { ms: [2_000, 8_000], weight: 1 },
  'drop-streams': { ms: [0, 0], weight: 1 },
  'reset-sender': { ms: [0, 0], weight: 1 },
  'refuse-sender': { ms: [300, 2_000], weight: 1 },
  /** The venue's clock jumps ahead. */
  'skew-venue': { ms: [0, 0], weight: 1 },
  /** A fault of the simulator's own, of any kind it knows. */
  'fault-venue': { ms: [2_000, 6_000], weight: 12 },
  'move-price': { ms: [0, 0], weight: 2 },
  'trip-stop': { ms: [0, 0], weight: 4 },
  'close-by-hand': { ms: [0, 0], weight: 3 },
  /** An unexpected position, closed by hand again after the time. */
  'open-by-hand': { ms: [18_000, 30_000], weight: 2 },
  /** A working order of somebody else, canceled by hand after the time. */
  'foreign-order': { ms: [12_000, 20_000], weight: 1 },
  'cancel-stop-by-hand': { ms: [0, 0], weight: 1 },
  liquidate: { ms: [0, 0], weight: 1 },
  /** An operator closes an account, or one instrument of it. */
  flatten: { ms: [0, 0], weight: 2 },
  /** An account or a strategy is halted, then resumed. */
  'halt-scope': { ms: [3_000, 20_000], weight: 1 },
  quarantine: { ms: [3_000, 20_000], weight: 1 },
  /** A position opened by hand is found and adopted. */
  adopt: { ms: [4_000, 12_000], weight: 2 },
  /** The same, ignored for a while. */
  ignore: { ms: [6_000, 15_000], weight: 2 },
  /** ProjectX takes a trade back. */
  'void-trade': { ms: [0, 0], weight: 1 },
} as const satisfies Readonly<Record<string, Term>>

export type DisturbanceKind = keyof typeof TERMS

export interface Disturbance {
  /** Ms since the start of the storm. */
  readonly at: number
  readonly kind: DisturbanceKind
  readonly forMs: number
  /** Numbers in [0, 1) that pick what it hits and how, from what is there then. */
  readonly draws: readonly number[]
}

const DRAWS = 6

/** A plan that fills `lengthMs` with a disturbance about every `everyMs`: the deck of all kinds is dealt again and again. */
export function planStorm(seed: number, lengthMs: number, everyMs: number): readonly Disturbance[] {
  const random = seeded(seed)
  const plan: Disturbance[] = []
  let deck: DisturbanceKind[] = []
  for (let at = everyMs; at < lengthMs; at += everyMs * (0.5 + random())) {
    if (deck.length === 0) deck = shuffledDeck(random)
    const kind = deck.pop() as DisturbanceKind
    const [least, most] = TERMS[kind].ms
    const forMs = Math.round(least + (most - least) * random())
    plan.push({ at: Math.round(at), kind, forMs, draws: Array.from({ length: DRAWS }, random) })
  }
  return plan
}

function shuffledDeck(random: () => number): DisturbanceKind[] {
  const cards = Object.entries(TERMS).flatMap(([kind, { weight }]) =>
    Array.from({ length: weight }, () => ({ kind: kind as DisturbanceKind, order: random() })),
  )
  return cards.toSorted((a, b) => a.order - b.order).map(({ kind }) => kind)
}

/** Picks one of a list by a draw; undefined of an empty list. */
export function pick<T>(list: readonly T[], draw: number | undefined): T | undefined {
  return list[Math.min(list.length - 1, Math.floor((draw ?? 0) * list.length))]
}
