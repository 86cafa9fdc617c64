/**
 * Short lives at each venue, for dying at every boundary of them: one process, one position from entry to exit, nothing else wrong. And
 * lives in which an operator acts: what somebody opened by hand is adopted and flattened, or ignored, beside a halt and a quarantine.
 */
import { ACCOUNTS } from '#storm/accounts.ts'
import type { Act, ActKind } from './acts.ts'
import { type Scenario, START } from './scenario.ts'

const LENGTH_MS = 9_000

/** The lives, named by their venue. */
export const SHORT_LIVES: Readonly<Record<string, Scenario>> = Object.fromEntries([
  ...['hl-one', 'bybit-one', 'px-one'].map((id, index) => [id, shortLife(id, index + 1)] as const),
  ['hl-adopt', operated('hl-one', 4, 'adopt')],
  ['px-adopt', operated('px-one', 5, 'adopt')],
  ['bybit-ignore', operated('bybit-one', 6, 'ignore')],
])

/** The same life under a name of its own: on the other instrument somebody opens a position, and an operator acts. */
function operated(id: string, seed: number, kind: 'adopt' | 'ignore'): Scenario {
  const act = (what: ActKind, at: number, forMs: number, next: number): Act => {
    // The first account, the second instrument.
    return { at, kind: what, forMs, hesitationMs: 200, draws: [0, 0.9, 0.2, next] }
  }
  const acts = [act(kind, 200, 1_000, 0.2), act('halt-account', 4_000, 2_000, 0), act('quarantine', 5_000, 2_000, 0)]
  return { ...shortLife(id, seed), acts }
}

function shortLife(id: string, seed: number): Scenario {
  const account = ACCOUNTS.find((candidate) => candidate.id === id)
  if (account === undefined) throw new RangeError(`Expected an account ${id}, saw none.`)
  const { strategy } = account
  const index = strategy === 'index'
  const instrument = index ? 'MNQ' : 'BTC-PERP'
  const size = index ? { type: 'contracts', value: '2' } : { type: 'notional_usd', value: '5000' }
  const stop = { distance_bps: index ? 20 : 80 }
  return {
    seed,
    start: START,
    accounts: [account],
    skewsMs: [0],
    venueAheadMs: 0,
    signals: [
      { at: 500, strategy, fields: { kind: 'open', instrument, side: 'long', size, stop_loss: stop } },
      { at: 3_500, strategy, fields: { kind: 'adjust', instrument, stop_loss: { distance_bps: index ? 25 : 100 } } },
      { at: 6_000, strategy, fields: { kind: 'close', instrument } },
    ],
    disturbances: [],
    acts: [],
    deadlyBoundaries: new Set(),
    lengthMs: LENGTH_MS,
    replays: true,
  }
}
