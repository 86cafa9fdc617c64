/** An episode that the first entry of the sample position opened. */
import { buildEpisodes } from '#domain/build-episodes.ts'
import type { Episode } from '#domain/episode.ts'
import { chainFills } from '#domain/fill-chain.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { trade } from './fill-row.ts'
import { POSITION } from './samples.ts'

const ENTRY = clientOrderIdOf(POSITION, 'entry', 0)

/** The episode of `opened` contracts bought and `closed` sold again. */
export function anEpisode(opened: string, closed = '0'): Episode | null {
  const fills = [trade({ side: 'buy', size: opened, start: '0', clientOrderId: ENTRY, n: 1 })]
  if (closed !== '0') fills.push(trade({ side: 'sell', size: closed, start: opened, clientOrderId: null, n: 2 }))
  return buildEpisodes(chainFills(fills, { evidence: 'time' }))[0] ?? null
}
