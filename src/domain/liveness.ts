/**
 * Who lives, and what is heard of the venues: a judgement over the heartbeats of worker processes. Pure. A heartbeat that changes is a
 * life, whatever its clock says: machines may disagree about the time. Silence counts from when somebody began to watch.
 */
import type { AccountId } from './ids.ts'
import type { Stage } from './message.ts'
import type { HeartbeatRow } from './records.ts'

/** What must be worked on at a site. */
export interface Post {
  readonly site: string | null
  readonly stages: readonly Stage[]
  readonly accounts: readonly WatchedAccount[]
}

export interface WatchedAccount {
  readonly account: AccountId
  /** Its market never closes: a stream that has told prices goes on telling them. */
  readonly alwaysPriced: boolean
}

/** What is to be watched, and how long silence is borne, ms. */
export interface LivenessTerms {
  readonly posts: readonly Post[]
  /** Whoever lives works on these, at whatever site. */
  readonly siteless: readonly Stage[]
  readonly workerMs: number
  readonly feedMs: number
}

/** The last heartbeat of a process, and when it was seen to be new: a row found at the first look may be of somebody long dead. */
interface Beat {
  readonly at: number
  readonly seenAt: number
  readonly isSign: boolean
}

/** What one watcher remembers between two looks; instants by its own clock, ms. */
export interface Vigil {
  readonly since: number
  /** Looks so far. */
  readonly looks: number
  readonly beats: Readonly<Record<string, Beat>>
  /** When a sign of life from a stage of a site was last seen. */
  readonly mannedAt: Readonly<Record<string, number>>
  /** When an account was last heard of; a time without any worker does not count. */
  readonly heardAt: Readonly<Record<AccountId, number>>
}

/** `well` and `silent` are certain; `unclear` neither raises nor ends anything. */
export type Condition = 'well' | 'silent' | 'unclear'

export interface SiteVerdict {
  readonly site: string | null
  readonly condition: Condition
  /** Stages that nobody has worked on for too long, and since when. */
  readonly stages: readonly Stage[]
  readonly since: number
}

export interface FeedVerdict {
  readonly account: AccountId
  readonly condition: Condition
  readonly since: number
}

export interface Look {
  readonly vigil: Vigil
  readonly sites: readonly SiteVerdict[]
  readonly feeds: readonly FeedVerdict[]
  /** Processes that have said nothing for so long that their rows may go. */
  readonly forgotten: readonly string[]
}

/** A row is kept so much longer than a process is missed: people may want to see who died. */
const FORGET_FACTOR = 60

export function beginVigil(now: number): Vigil {
  return { since: now, looks: 0, beats: {}, mannedAt: {}, heardAt: {} }
}

/** One look at the heartbeats. */
export function lookAtLife(before: Vigil, rows: readonly HeartbeatRow[], terms: LivenessTerms, now: number): Look {
  const beats = Object.fromEntries(rows.map((row) => [row.process, beatOf(row, before, now)] as const))
  const silenceOf = ({ process }: HeartbeatRow): number => now - (beats[process]?.seenAt ?? now)
  const signs = rows.filter(({ process }) => beats[process]?.isSign === true)
  const living = signs.filter((row) => silenceOf(row) <= terms.workerMs)
  const mannedAt: Record<string, number> = {}
  const heardAt: Record<AccountId, number> = {}
  const sites: SiteVerdict[] = []
  const feeds: FeedVerdict[] = []
  for (const post of terms.posts) {
    for (const stage of post.stages) {
      const key = `${post.site ?? ''} ${stage}`
      const seen = signs.filter((row) => isAt(row, stage, post.site, terms)).map((row) => now - silenceOf(row))
      mannedAt[key] = Math.max(before.mannedAt[key] ?? before.since, ...seen)
    }
    const isWell = post.stages.every((stage) => living.some((row) => isAt(row, stage, post.site, terms)))
    sites.push(judgeSite(post, isWell, mannedAt, terms.workerMs, now))
    const monitors = living.filter((row) => isAt(row, 'monitor', post.site, terms))
    for (const watched of post.accounts) {
      const condition = monitors.length === 0 ? 'unclear' : hears(monitors, watched, terms.feedMs) ? 'well' : 'silent'
      const { account } = watched
      const last = condition === 'silent' ? (before.heardAt[account] ?? before.since) : now
      heardAt[account] = last
      const isShort = condition === 'silent' && now - last <= terms.feedMs
      feeds.push({ account, condition: isShort ? 'unclear' : condition, since: last })
    }
  }
  const forgotten = rows.filter((row) => silenceOf(row) > FORGET_FACTOR * terms.workerMs).map(({ process }) => process)
  const { since, looks } = before
  return { vigil: { since, looks: looks + 1, beats, mannedAt, heardAt }, sites, feeds, forgotten }
}

function beatOf({ process, at }: HeartbeatRow, { beats, looks }: Vigil, now: number): Beat {
  const known = Object.hasOwn(beats, process) ? beats[process] : undefined
  if (known !== undefined && known.at === at) return known
  // Who appears while somebody watches has just begun.
  return { at, seenAt: now, isSign: known !== undefined || looks > 0 }
}

function isAt(
  { stages, site }: HeartbeatRow,
  stage: Stage,
  wanted: string | null,
  { siteless }: LivenessTerms,
): boolean {
  return stages.includes(stage) && (site === wanted || siteless.includes(stage))
}

function judgeSite(
  { site, stages }: Post,
  isWell: boolean,
  mannedAt: Readonly<Record<string, number>>,
  workerMs: number,
  now: number,
): SiteVerdict {
  const silences = stages.map((stage) => ({ stage, since: mannedAt[`${site ?? ''} ${stage}`] ?? now }))
  const gone = silences.filter(({ since }) => now - since > workerMs)
  const since = Math.min(now, ...gone.map((silence) => silence.since))
  const condition = gone.length > 0 ? 'silent' : isWell ? 'well' : 'unclear'
  return { site, condition, stages: gone.map(({ stage }) => stage), since }
}

/** Whether one of the monitors hears of the account; ages are by that process's own clock. */
function hears(monitors: readonly HeartbeatRow[], { account, alwaysPriced }: WatchedAccount, feedMs: number): boolean {
  return monitors.some(({ accounts, at }) => {
    const feed = accounts.find((candidate) => candidate.account === account)
    if (feed === undefined || feed.downSince !== null) return false
    return !alwaysPriced || feed.pricedAt === null || at - feed.pricedAt <= feedMs
  })
}
