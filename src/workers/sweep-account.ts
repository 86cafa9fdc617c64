/** The sweep of one account: two looks, the differences that stand in both, what is done about them, the equity identity. */
import { sealed } from '#book/seal.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { locksEntries, standingFindings } from '#domain/comparison.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { Finding, SweepRow } from '#domain/records.ts'
import { type AccountView, viewAccount } from './account-view.ts'
import { decideAdoptions } from './adopt.ts'
import { type BothSides, compareNow } from './both-sides.ts'
import { watchClock } from './clock-watch.ts'
import { watchCredentials } from './credential-watch.ts'
import { endForgotten } from './ended-orders.ts'
import { closeIdentity } from './equity-identity.ts'
import { watchProgramme } from './programme-watch.ts'
import { findingEffects } from './sweep-findings.ts'
import { liftLocks, standingNow } from './lift-locks.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'
import type { Effects } from './writes.ts'

/** Between two looks, ms: longer than a venue's positions lag behind its fills. */
export const SECOND_LOOK_MS = 500

interface Look extends BothSides {
  readonly view: AccountView
}

/** What one account's sweep came to. */
export interface SweepResult extends Pick<
  SweepRow,
  'complete' | 'findings' | 'provenFrom' | 'provenThrough' | 'detail' | 'compared' | 'brokerAsOf'
> {
  readonly next: readonly Envelope[]
}

/** @throws BrokerUnavailable (nothing concluded), BookUnavailable */
export async function sweepAccount(account: AccountId, tools: Tools): Promise<SweepResult> {
  const standing = await standingNow(account, tools)
  const askedAt = tools.now()
  const first = await look(account, tools)
  const reading = { askedAt, answeredAt: tools.now(), venueTime: first.view.snapshot.asOf }
  let last = first
  // A difference must stand in two looks to be acted upon; one that a lock stands for must be gone in two to lift it.
  if (first.findings.length > 0 || Object.keys(standing.locks).length > 0) {
    await tools.pause(SECOND_LOOK_MS)
    last = await look(account, tools)
  }
  const findings = standingFindings(first.findings, last.findings)
  const { view } = last
  const adoptions = await decideAdoptions(account, { view, findings }, tools)
  const isAdopted = ({ kind, instrument }: Finding): boolean =>
    kind === 'unexpected-position' && adoptions.adopted.includes(instrument)
  const left = findings.filter((finding) => !isAdopted(finding))
  const next = [...adoptions.next, ...(await act(account, left, tools))]
  await liftLocks(account, { standing, differing: differingIn([first, last]), asOf: first.view.snapshot.asOf }, tools)
  await endForgotten(account, [first.view, last.view], askedAt, tools)
  const clock = await retryStale(async () => await watchClock(account, reading, tools))
  const compared = {
    findings: left,
    compared: last.compared,
    brokerAsOf: view.snapshot.asOf,
    provenFrom: view.cursor.since,
    provenThrough: view.cursor.fillsThrough,
    detail: detailOf(left, last.ignored, adoptions.told),
    next: [...next, ...clock],
  }
  try {
    await watchCredentials(account, tools)
    const watch = await watchProgramme(account, tools)
    const { cursor, next: told } = await closeIdentity(account, view, tools)
    const proven = { provenFrom: cursor.since, provenThrough: cursor.fillsThrough }
    return { ...compared, ...proven, complete: true, next: [...compared.next, ...(watch?.next ?? []), ...told] }
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error
    // The comparison was complete and has been acted upon: only what was left is unknown.
    return { ...compared, complete: false, detail: `${compared.detail}; then incomplete: ${error.message}` }
  }
}

function detailOf(findings: readonly Finding[], ignored: readonly InstrumentId[], told: readonly string[]): string {
  const differing = findings.map((finding) => `${finding.kind} ${finding.instrument}`)
  const equal =
    ignored.length === 0 ? 'book equals broker' : `book equals broker but for what is ignored: ${ignored.join(', ')}`
  return [...(differing.length === 0 ? [equal] : differing), ...told].join(', ')
}

/** Broker first, book after: what the book learnt meanwhile can only explain more. */
async function look(account: AccountId, tools: Tools): Promise<Look> {
  const view = await viewAccount(tools, account, tools.now())
  return { view, ...(await compareNow(account, view, tools.book)) }
}

async function act(account: AccountId, findings: readonly Finding[], tools: Tools): Promise<Effects['next']> {
  const next: Effects['next'] = []
  for (const finding of findings) {
    const effects = await retryStale(async () => {
      const made = await findingEffects(account, finding, 'sweep', tools, tools.now())
      if (await isKnownNow(account, finding, tools)) return NOTHING
      if (made.writes.length > 0) await tools.book.commit(sealed(made.writes))
      return made
    })
    next.push(...effects.next)
  }
  return next
}

const NOTHING: Effects = { writes: [], next: [] }

/** Somebody else, another sweep say, made it the book's since we looked. Asked after the account's row was read, whose revision fences it. */
async function isKnownNow(account: AccountId, { kind, instrument }: Finding, { book }: Tools): Promise<boolean> {
  if (kind !== 'unexpected-position') return false
  const here = await book.list('positions', { where: { account, instrument, open: true } })
  return here.some(({ row }) => row.state !== 'unresolved')
}

/** Instruments that any of the looks saw differ, or did not judge. */
function differingIn(looks: readonly Look[]): ReadonlySet<string> {
  return new Set(
    looks.flatMap((seen) => [
      ...seen.findings.filter(locksEntries).map(({ instrument }) => instrument),
      ...seen.unjudged,
    ]),
  )
}
