/**
 * The position chain: fills of one account and instrument in their true order. Every fill says the position it started
 * from, so the next one must start where it ended; where it does not, fills are missing and the chain says so. Nothing
 * is guessed or bridged. Timestamps only narrow the search: several fills share a millisecond, files round to minutes.
 * Blind spot, by nature: missing fills that together return to the same position leave no break.
 */
import { type DecimalString, ZERO_STRING, toDecimalString } from './decimal.ts'
import { type Fill, effectOf } from './fill.ts'
import { type Link, isTied, orderLinks } from './fill-trail.ts'

/** A break: the position should have been `expected`, the next fill starts from `seen`. */
export interface ChainGap {
  /** Last fill before the break; null when the break is at the start of the history. */
  readonly afterFillId: string | null
  readonly beforeFillId: string
  readonly expected: DecimalString
  readonly seen: DecimalString
}

/** A second row with the identity of a first; `differs` names the fields that contradict it (a true repeat has none). */
export interface DuplicateFill {
  readonly fill: Fill
  readonly of: Fill
  readonly differs: readonly string[]
}

export interface FillChain {
  /** In chain order, each identity once. */
  readonly fills: readonly Fill[]
  readonly gaps: readonly ChainGap[]
  readonly duplicates: readonly DuplicateFill[]
  /** `given`: the order of the input held; `repaired`: the chain and the timestamps gave another. */
  readonly order: 'given' | 'repaired'
  /** Fill ids of instants where the chain allows more than one order; the tie rule decided. */
  readonly tied: ReadonlySet<string>
}

export interface ChainOptions {
  /** Position before the first fill, when known; a first fill that starts elsewhere is then a gap. */
  readonly opening?: DecimalString
  /**
   * `time`: wire rows; sort by time, then chain, ties by fill id, so any input order gives one result.
   * `given`: a file whose own order is evidence; kept unless another order has fewer breaks.
   */
  readonly evidence: 'time' | 'given'
}

interface Ordering {
  readonly links: readonly Link[]
  readonly tied: readonly Link[]
  readonly breaks: number
}

const COMPARED = [
  'side',
  'price',
  'size',
  'startPosition',
  'closedPnl',
  'fee',
  'feeToken',
  'instrument',
  'account',
] as const

/** Builds the chain of one account and instrument; near-linear. */
export function chainFills(rows: readonly Fill[], options: ChainOptions): FillChain {
  const { unique, duplicates } = withoutRepeats(rows)
  const base = options.evidence === 'time' ? unique.toSorted(byTimeThenId) : unique
  const links = base.map((fill, index) => ({
    index,
    start: fill.startPosition,
    after: toDecimalString(effectOf(fill).after),
  }))
  const opening = options.opening ?? null
  const { links: ordered, tied } = chooseOrder(base, links, opening, options.evidence)
  const fills = ordered.map((link) => fillAt(base, link))
  return {
    fills,
    gaps: gapsOf(ordered, fills, opening),
    duplicates,
    order: ordered.every((link, rank) => fillAt(base, link) === unique[rank]) ? 'given' : 'repaired',
    tied: new Set(tied.map((link) => fillAt(base, link).fillId)),
  }
}

/** Signed position after the last fill of the chain; "0" when there is none. */
export function positionAfter(chain: FillChain): DecimalString {
  const last = chain.fills.at(-1)
  return last === undefined ? ZERO_STRING : toDecimalString(effectOf(last).after)
}

/** Partitions fills by account and instrument, in first-seen order. */
export function groupFills(fills: Iterable<Fill>): Fill[][] {
  const groups = new Map<string, Fill[]>()
  for (const fill of fills) {
    const key = JSON.stringify([fill.account, fill.instrument])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [fill])
    else group.push(fill)
  }
  return [...groups.values()]
}

function chooseOrder(
  fills: readonly Fill[],
  links: readonly Link[],
  opening: DecimalString | null,
  evidence: ChainOptions['evidence'],
): Ordering {
  const given: Ordering = { links, tied: [], breaks: countBreaks(links, opening) }
  const timely = isTimely(fills)
  if (evidence === 'given' && given.breaks === 0 && timely) return given
  const repaired = orderByTime(fills, links, opening)
  if (evidence === 'time') return repaired
  if (given.breaks !== repaired.breaks) return given.breaks < repaired.breaks ? given : repaired
  return timely ? given : repaired
}

function orderByTime(fills: readonly Fill[], links: readonly Link[], opening: DecimalString | null): Ordering {
  const descending = isDescending(fills)
  const rank = (link: Link): number => (descending ? -link.index : link.index)
  const timeOf = (link: Link): number => fillAt(fills, link).time
  const sorted = links.toSorted((a, b) => timeOf(a) - timeOf(b) || rank(a) - rank(b))
  const endOfInstant = (from: number): number => {
    let to = from
    while (to < sorted.length && timeOf(sorted[to] as Link) === timeOf(sorted[from] as Link)) to += 1
    return to
  }
  const ordered: Link[] = []
  const tied: Link[] = []
  let position = opening
  for (let from = 0; from < sorted.length;) {
    const to = endOfInstant(from)
    const instant = sorted.slice(from, to)
    const onward = new Set(sorted.slice(to, endOfInstant(to)).map((link) => link.start))
    if (isTied(instant)) for (const link of instant) tied.push(link)
    for (const link of orderLinks(instant, position, onward)) ordered.push(link)
    position = ordered.at(-1)?.after ?? position
    from = to
  }
  return { links: ordered, tied, breaks: countBreaks(ordered, opening) }
}

function withoutRepeats(rows: readonly Fill[]): { unique: Fill[]; duplicates: DuplicateFill[] } {
  const first = new Map<string, Fill>()
  const duplicates: DuplicateFill[] = []
  for (const fill of rows) {
    const of = first.get(fill.fillId)
    if (of === undefined) first.set(fill.fillId, fill)
    else duplicates.push({ fill, of, differs: COMPARED.filter((field) => fill[field] !== of[field]) })
  }
  return { unique: [...first.values()], duplicates }
}

function gapsOf(ordered: readonly Link[], fills: readonly Fill[], opening: DecimalString | null): ChainGap[] {
  const gaps: ChainGap[] = []
  let expected = opening
  for (const [rank, link] of ordered.entries()) {
    if (expected !== null && link.start !== expected) {
      const before = fills[rank - 1]
      const afterFillId = before === undefined ? null : before.fillId
      gaps.push({ afterFillId, beforeFillId: (fills[rank] as Fill).fillId, expected, seen: link.start })
    }
    expected = link.after
  }
  return gaps
}

function countBreaks(links: readonly Link[], opening: DecimalString | null): number {
  let position = opening
  let breaks = 0
  for (const link of links) {
    if (position !== null && link.start !== position) breaks += 1
    position = link.after
  }
  return breaks
}

function isTimely(fills: readonly Fill[]): boolean {
  return fills.every((fill, rank) => rank === 0 || fill.time >= (fills[rank - 1] as Fill).time)
}

/** Newest-first listings: within one rounded minute their given order runs backwards too. */
function isDescending(fills: readonly Fill[]): boolean {
  let rises = 0
  for (const [rank, fill] of fills.entries()) {
    if (rank > 0) rises += Math.sign(fill.time - (fills[rank - 1] as Fill).time)
  }
  return rises < 0
}

function byTimeThenId(a: Fill, b: Fill): number {
  if (a.time !== b.time) return a.time - b.time
  return a.fillId < b.fillId ? -1 : 1
}

function fillAt(fills: readonly Fill[], link: Link): Fill {
  const fill = fills[link.index]
  if (fill === undefined) throw new RangeError(`Expected a link into ${fills.length} fills, saw index ${link.index}.`)
  return fill
}
