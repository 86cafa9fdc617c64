/** Price paths as step sources: recorded points, or a seeded random walk that keeps to the instrument's ticks. */
import { Decimal, parseDecimal } from '#domain/decimal.ts'
import { VenueControlError } from '#simulators/venue/control-command.ts'
import type { PricePath } from './operator-controls.ts'
import { roundPrice } from './price-rules.ts'
import { createRandom } from './random.ts'
import type { PathState } from './state.ts'

const BPS = 10_000

/** Starts a path at `now`. Recorded points in the past are skipped. @throws VenueControlError on points out of order or a bad step */
export function startPath(path: PricePath, szDecimals: number, now: number): PathState {
  const advance = path.kind === 'recorded' ? recorded(path, now) : walk(path, szDecimals, now)
  return { coin: path.coin, next: advance(), advance }
}

function recorded(path: Extract<PricePath, { kind: 'recorded' }>, now: number): PathState['advance'] {
  let last = Number.NEGATIVE_INFINITY
  for (const { time, px } of path.points) {
    if (time < last) throw new VenueControlError(`Expected path points in time order, saw ${time} after ${last}.`)
    if (!parseDecimal(px).gt(0)) throw new VenueControlError(`Expected positive prices, saw ${px} at ${time}.`)
    last = time
  }
  const points = path.points.filter(({ time }) => time > now)
  let index = 0
  return () => {
    const point = points[index++]
    return point === undefined ? undefined : { time: point.time, px: () => parseDecimal(point.px) }
  }
}

function walk(path: Extract<PricePath, { kind: 'walk' }>, szDecimals: number, now: number): PathState['advance'] {
  if (!(path.stepMs >= 1)) throw new VenueControlError(`Expected stepMs >= 1, saw ${path.stepMs}.`)
  const random = createRandom(path.seed)
  let time = now
  return () => {
    time += path.stepMs
    if (path.until !== undefined && time > path.until) return undefined
    const word = random()
    return { time, px: (mark) => walked(mark, word, path.stepBps, szDecimals) }
  }
}

function walked(mark: Decimal, word: number, stepBps: number, szDecimals: number): Decimal {
  const move = new Decimal((word % 2001) - 1000).div(1000).times(stepBps).div(BPS)
  const px = roundPrice(mark.times(move.plus(1)), szDecimals, move.isNegative() ? 'down' : 'up')
  return px.gt(0) ? px : mark
}
