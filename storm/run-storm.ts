/** One storm from its first disturbance to its verdict: rage, repair, rest, look, close everything, rest, look, replay, look. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { controlBybit } from '#simulators/bybit/control/client.ts'
import { controlHyperliquid } from '#simulators/hyperliquid/control/client.ts'
import { controlProjectX } from '#simulators/projectx/control/client.ts'
import { INSTRUMENTS } from './accounts.ts'
import { openWithStops, readAccounts, readBook, readRecordFaults } from './collect.ts'
import type { Evidence } from './evidence.ts'
import { type Ground, openGround } from './ground.ts'
import type { Breach } from './invariants/breach.ts'
import { checkEvidence } from './invariants/check.ts'
import { openDifferences } from './invariants/positions.ts'
import { type Measures, measure } from './measures.ts'
import { type BookKind, planStorm } from './plan.ts'
import { walkPrices } from './prices.ts'
import { Rage } from './rage.ts'
import { replayAll } from './replay.ts'
import { leftToPeople, untilRest } from './rest.ts'
import { Sender } from './sender.ts'

export interface StormOptions {
  /** An empty folder for everything that runs; the evidence is left in it. */
  readonly dir: string
  readonly seed: number
  /** How long signals flow and disturbances come, ms. */
  readonly lengthMs: number
  readonly book: BookKind
  readonly signalsPerSecond: number
  /** Mean time between two disturbances, ms. */
  readonly everyMs: number
  readonly workers: number
  readonly tell: (text: string) => void
  /** Ends the storm early; what runs is stopped. */
  readonly ended: AbortSignal
}

export interface StormResult {
  readonly breaches: readonly Breach[]
  readonly measures: Measures
}

/** How long the world may take to come to rest, ms. */
const REST_MS = 180_000
/** After so long a person looks again at what is nobody's, ms. */
const FIRST_REST_MS = 60_000
const LAST_ACKS_MS = 60_000
/** Funding falls into the storm, at this part of it. */
const FUNDING_AT = 0.4
/** A process is stopped for up to half of it, and the book for as long, ms. */
const STANDSTILL_MS = 12_000
/** Starting everything takes about so long, ms. */
const START_MS = 10_000

/** @throws when the ground could not be laid, or the storm was ended early */
export async function runStorm(options: StormOptions): Promise<StormResult> {
  const { dir, seed, lengthMs, tell, ended } = options
  const fundingAfterMs = START_MS + lengthMs * FUNDING_AT
  await using ground = await openGround({ ...options, fundingAfterMs })
  tell(`${ground.workers.length} workers, an API, three venues and Redis are up; everything is in ${dir}`)
  const prices = new AbortController()
  const walking = walkPrices(ground, seed + 1, AbortSignal.any([prices.signal, ended]))
  const sender = new Sender({
    url: `http://127.0.0.1:${ground.apiWay.port}`,
    token: ground.installation.signalToken,
    seed: seed + 2,
    perSecond: options.signalsPerSecond,
    now: () => ground.now(),
  })
  const rage = new Rage(ground)
  await rage.follow(planStorm(seed, lengthMs, options.everyMs), ended)
  ended.throwIfAborted()
  tell(`${rage.happenings.length} happenings; the storm is over, everything is repaired`)
  await repair(ground)
  await rage.deeds.clearStrangers()
  await sender.stop(LAST_ACKS_MS)
  await rage.deeds.clearStrangers()
  const unrestOpen = await restWithout(ground, rage.deeds)
  prices.abort()
  await walking
  const { book } = ground.book
  const { open, differences, openAtRest } = await standing(ground)
  tell(`at rest with ${open.length} positions open, ${differences.length} differ from the brokers'; all are closed now`)
  for (const [strategy, instruments] of Object.entries(INSTRUMENTS))
    for (const instrument of instruments)
      await sender.send(strategy as keyof typeof INSTRUMENTS, { kind: 'close', instrument })
  const unrestFlat = await untilRest(ground, REST_MS)
  ended.throwIfAborted()
  tell('flat; everything is delivered again')
  const changedByReplay = await replayAll(ground, sender)
  const accounts = await readAccounts(ground)
  const evidence: Evidence = {
    signals: sender.sent,
    deeds: rage.deeds.done,
    acts: rage.desk.acts,
    skews: rage.skews,
    accounts,
    book: await readBook(
      book,
      accounts.map(({ id }) => id),
    ),
    unrest: { open: unrestOpen, flat: unrestFlat },
    openDifferences: differences,
    openAtRest,
    standstillMs: STANDSTILL_MS,
    changedByReplay,
    recordFaults: await readRecordFaults(book),
    recoveries: rage.recoveries,
    crashes: [ground.api, ...ground.workers.map(({ service }) => service)].flatMap(({ crashes }) => crashes),
    happenings: rage.happenings,
  }
  writeFileSync(join(dir, 'evidence.json'), JSON.stringify(evidence, null, 1))
  return { breaches: checkEvidence(evidence), measures: measure(evidence) }
}

/** What turns out to be nobody's only after a while, such as the rest of an exit that the venue took back, is closed by hand as well. */
async function restWithout(ground: Ground, deeds: Rage['deeds']): Promise<readonly string[]> {
  if ((await untilRest(ground, FIRST_REST_MS)).length === 0) return []
  await deeds.clearStrangers()
  return await untilRest(ground, REST_MS)
}

/** What stands at rest, without what was left to people, and how it differs from the venues. */
async function standing(ground: Ground) {
  const { book } = ground.book
  const left = await leftToPeople(book)
  const rows = await book.list('positions', { where: { open: true } })
  const open = rows.map(({ row }) => row).filter(({ positionId }) => !left.has(positionId))
  const accounts = await readAccounts(ground)
  const differences = accounts.flatMap((account) => openDifferences(account, open))
  return { open, differences, openAtRest: openWithStops(open, accounts) }
}

/** Nothing is broken any more; what was broken before stays as it was left. */
async function repair(ground: Ground): Promise<void> {
  const { hyperliquid, bybit, projectx } = ground.venues
  await controlHyperliquid(hyperliquid.url).call('clearFaults', {})
  await controlBybit(bybit.url).call('clearFaults', {})
  await controlProjectX(projectx.url).call('clearFaults', {})
  ground.book.repair()
  for (const { rest, stream } of Object.values(ground.ways)) for (const way of [rest, stream]) calm(way)
  for (const way of [...ground.redisWays, ground.apiWay]) calm(way)
  for (const { service } of ground.workers) service.signal('SIGCONT')
  await Promise.all([ground.api, ...ground.workers.map(({ service }) => service)].map((service) => service.up()))
}

function calm(way: Ground['apiWay']): void {
  way.delay(0)
  way.mode('pass')
}
