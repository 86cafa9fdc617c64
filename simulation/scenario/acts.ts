/**
 * What an operator does in a simulated world: a pure function of its draws. They are drawn after everything else, so that a world in
 * which nobody acts is the same whether or not anybody could have.
 */
import { INSTRUMENTS, type StormAccount } from '#storm/accounts.ts'
import type { PlannedSignal } from './planned-signal.ts'

/** Every kind of act, and how often it comes beside the others. */
const WEIGHTS = {
  'flatten-account': 2,
  'flatten-instrument': 2,
  /** Of an entry that rests, and of whatever else is under way. */
  'cancel-orders': 2,
  /** A position opened by hand is found, then adopted. */
  adopt: 4,
  /** The same, ignored. */
  ignore: 4,
  'halt-account': 1,
  'halt-strategy': 1,
  quarantine: 1,
  /** Every alert that stands. */
  acknowledge: 1,
} as const

export type ActKind = keyof typeof WEIGHTS

export interface Act {
  /** Ms since the start. */
  readonly at: number
  readonly kind: ActKind
  /** How long what it began lasts: a halt until its resume, a position until what becomes of it. */
  readonly forMs: number
  /** From the preview to its confirmation, ms. */
  readonly hesitationMs: number
  /** Numbers in [0, 1) that pick what it is about and how it goes on. */
  readonly draws: readonly number[]
}

/** Share of worlds in which an operator acts. */
const ACTED = 0.4
/** A confirmation comes at once, or when the world has moved on. */
const HESITATION_MS = 1_500
/** Where in a world they begin at the latest, as a share of it, and how long what they begin lasts at least, ms. */
const TIMES: Partial<Readonly<Record<ActKind, readonly [number, number]>>> = {
  adopt: [0.4, 500],
  ignore: [0.4, 500],
  'halt-account': [0.6, 4_000],
  'halt-strategy': [0.6, 4_000],
  quarantine: [0.6, 4_000],
}
/** Forbids new exposure for a while. */
const FORBIDDING: ReadonlySet<ActKind> = new Set<ActKind>(['halt-account', 'halt-strategy', 'quarantine'])
/** Later than this after the word nothing may leave any more, ms. */
const NOTICE_MS = 2_800
/** Sizes and stops of the entries that acts need. */
const TERMS = {
  coins: { size: { type: 'notional_usd', value: '4000' }, stop_loss: { distance_bps: 80 } },
  index: { size: { type: 'contracts', value: '2' }, stop_loss: { distance_bps: 20 } },
} as const
/** How far from the market an entry rests, as a fraction: nearer than its stop, which is measured from the mark. */
const AWAY = { coins: 0.005, index: 0.001 } as const

/** Acts of a world of this length, and the signals that they need. */
export function actsOf(
  accounts: readonly StormAccount[],
  lengthMs: number,
  random: () => number,
): { readonly acts: readonly Act[]; readonly signals: readonly PlannedSignal[] } {
  if (random() >= ACTED) return { acts: [], signals: [] }
  const deck = Object.entries(WEIGHTS).flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => kind as ActKind),
  )
  const acts = Array.from({ length: 1 + Math.floor(random() * 2.5) }, () => {
    const kind = deck[Math.floor(random() * deck.length)] as ActKind
    const [share, least] = TIMES[kind] ?? [1, 500]
    return {
      at: random() * lengthMs * share,
      kind,
      forMs: least + random() * 5_000,
      hesitationMs: random() < 0.5 ? 0 : random() * HESITATION_MS,
      draws: Array.from({ length: 6 }, random),
    }
  }).toSorted((a, b) => a.at - b.at)
  const signals = acts.flatMap((act) => {
    if (act.kind === 'cancel-orders') return [restingEntry(act, accounts)]
    return FORBIDDING.has(act.kind) ? [forbiddenEntry(act, accounts)] : []
  })
  return { acts, signals }
}

/** An entry at the market that comes while somebody forbids it. */
function forbiddenEntry({ at, hesitationMs, draws }: Act, accounts: readonly StormAccount[]): PlannedSignal {
  const [which = 0, what = 0, side = 0] = draws
  const { strategy, instrument } = targetOf(which, what, accounts)
  const { size, stop_loss } = TERMS[strategy]
  const fields = { kind: 'open', instrument, side: side < 0.5 ? 'long' : 'short', size, stop_loss }
  return { at: at + hesitationMs + NOTICE_MS, strategy, fields }
}

function targetOf(which: number, what: number, accounts: readonly StormAccount[]) {
  const { strategy } = accounts[Math.floor(which * accounts.length)] as StormAccount
  const instruments = INSTRUMENTS[strategy].slice(0, 2)
  return { strategy, instrument: instruments[Math.floor(what * instruments.length)] as string }
}

/** An entry away from the market, somewhat before somebody cancels it. */
function restingEntry({ at, draws }: Act, accounts: readonly StormAccount[]): PlannedSignal {
  const [which = 0, what = 0, side = 0, before = 0] = draws
  const { strategy, instrument } = targetOf(which, what, accounts)
  const long = side < 0.5
  const price = REFERENCE[instrument] ?? 1
  const rests = before < 0.7
  const away = (rests ? 1 : -0.2) * (long ? -1 : 1) * AWAY[strategy]
  return {
    at: Math.max(0, at - before * 2_500),
    strategy,
    fields: {
      kind: 'open',
      instrument,
      side: long ? 'long' : 'short',
      size: TERMS[strategy].size,
      entry: { type: 'limit', price: (price * (1 + away)).toFixed(0), timeout_ms: 12_000 },
      stop_loss: TERMS[strategy].stop_loss,
    },
  }
}

/** About where prices stand at the start, USD. */
const REFERENCE: Readonly<Record<string, number>> = { 'BTC-PERP': 100_000, 'ETH-PERP': 3_500, MNQ: 20_000, MES: 6_000 }
