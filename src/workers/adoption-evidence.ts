/** What proves or refuses an adoption: the stretch of exposure in the fills, and positions of the book that have a claim on it. */
import type { AdoptionRequest } from '#domain/account.ts'
import { type AdoptionVerdict, judgeAdoption, lastEpisodeOf, orderIdsOf } from '#domain/adoption.ts'
import { type DecimalString, ZERO_STRING, decimal } from '#domain/decimal.ts'
import type { Episode } from '#domain/episode.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { type AccountView, viewAccount, wantOlderFills } from './account-view.ts'
import { specificationOf } from './market.ts'
import type { Tools } from './worker.ts'

/** Fills of the instrument that are read at first; doubled until the stretch begins flat or there are no more. */
const FIRST_PAGE = 500
/** Fills told late are asked for from so long ago, ms. */
const LATE_MS = 86_400_000

/** Signed size at the broker. */
export function heldIn({ snapshot }: AccountView, instrument: InstrumentId): DecimalString {
  return snapshot.positions.find((held) => held.instrument === instrument)?.size ?? ZERO_STRING
}

export interface Asked {
  readonly instrument: InstrumentId
  readonly request: AdoptionRequest
  readonly view: AccountView
}

export interface Judgement {
  readonly verdict: AdoptionVerdict
  readonly episode: Episode | null
}

/** By the fills at hand; where they do not prove it, by a second look that asks for late ones as well. @throws BrokerUnavailable, BookUnavailable */
export async function judge(account: AccountId, asked: Asked, tools: Tools): Promise<Judgement> {
  const first = await judgeOnce(account, asked, tools)
  if (first.verdict.kind === 'adopted' || !first.verdict.mayHeal) return first
  const now = tools.now()
  wantOlderFills(tools, account, now - LATE_MS)
  return await judgeOnce(account, { ...asked, view: await viewAccount(tools, account, now) }, tools)
}

async function judgeOnce(account: AccountId, { instrument, request, view }: Asked, tools: Tools): Promise<Judgement> {
  const trading = tools.account(account)
  const episode = await openEpisode(account, instrument, trading.broker.capabilities.settlement, tools)
  const verdict = judgeAdoption({
    account,
    instrument,
    request,
    held: decimal(heldIn(view, instrument)),
    episode,
    specification: await specificationOf(trading, instrument),
    claimedBy: await claimOf(account, instrument, episode, tools),
    now: tools.now(),
  })
  return { verdict, episode }
}

/** The last stretch of exposure, from as many of the newest fills as show where it began. */
async function openEpisode(
  account: AccountId,
  instrument: InstrumentId,
  settlement: string,
  tools: Tools,
): Promise<Episode | null> {
  for (let limit = FIRST_PAGE; ; limit *= 2) {
    const stored = await tools.book.list('fills', {
      where: { account, instrument },
      orderBy: { field: 'time', direction: 'descending' },
      limit,
    })
    const fills = stored.map(({ row }) => row).toReversed()
    const episode = lastEpisodeOf(fills, settlement)
    if (stored.length < limit || episode?.coverage === 'complete') return episode
  }
}

/** The position of the book that holds the instrument, or whose order made a fill of the stretch and was more than an empty try. */
async function claimOf(
  account: AccountId,
  instrument: InstrumentId,
  episode: Episode | null,
  tools: Tools,
): Promise<PositionRow | null> {
  const [here] = await tools.book.list('positions', { where: { account, instrument, open: true } })
  if (here !== undefined) return here.row
  const ids = episode === null ? [] : orderIdsOf(episode)
  const intents = await tools.book.loadMany('intents', ids)
  const orders = await tools.book.loadMany('orders', ids)
  const owners = [...intents, ...orders].flatMap((entry) => (entry === null ? [] : [entry.row.positionId]))
  const positions = await tools.book.loadMany('positions', [...new Set(owners)])
  return positions.find((entry) => entry !== null && entry.row.state !== 'canceled')?.row ?? null
}
