/**
 * Orders fills that share an instant. Each fill is an edge from the position before it to the position after it; the
 * true order is a walk that uses every edge. Linear in the number of fills; ties fall to the order they are given in.
 */
import type { DecimalString } from './decimal.ts'

/** A fill reduced to its place in the position chain; `index` is its rank among equals. */
export interface Link {
  readonly index: number
  readonly start: DecimalString
  readonly after: DecimalString
}

interface Outgoing {
  readonly links: Link[]
  used: number
}

/**
 * Orders links into as few unbroken walks as possible: one from `from` where any link continues there, the last to one
 * of `onward`, the positions the next instant starts from. Breaks between walks are missing fills: the caller sees
 * them, nothing is bridged.
 */
export function orderLinks(
  links: readonly Link[],
  from: DecimalString | null,
  onward: ReadonlySet<string> = new Set(),
): Link[] {
  if (from !== null && isWalk(links, from)) return [...links]
  const outgoing = groupByStart(links)
  const begun = walkStarts(links, outgoing, from).map((start) => walk(outgoing, start))
  const walks = begun.map((path) => spliceLoops(outgoing, path))
  // What is left closes on itself apart from every walk: begin such a loop where the next instant goes on.
  for (const { start } of [...links.filter((link) => onward.has(link.start)), ...links]) {
    const rest = outgoing.get(start)
    if (rest !== undefined && rest.used < rest.links.length) walks.push(spliceLoops(outgoing, walk(outgoing, start)))
  }
  const continues = (path: readonly Link[]): boolean => onward.has(path.at(-1)?.after ?? '')
  return [...walks.filter((path) => !continues(path)), ...walks.filter(continues)].flat()
}

/** Whether more than one order of these links may be a walk, so that their order rests on the tie rule. */
export function isTied(links: readonly Link[]): boolean {
  return links.length > 1 && new Set(links.map((link) => link.start)).size < links.length
}

function isWalk(links: readonly Link[], from: DecimalString): boolean {
  let position = from
  for (const link of links) {
    if (link.start !== position) return false
    position = link.after
  }
  return true
}

function groupByStart(links: readonly Link[]): Map<string, Outgoing> {
  const outgoing = new Map<string, Outgoing>()
  for (const link of links) {
    const at = outgoing.get(link.start)
    if (at === undefined) outgoing.set(link.start, { links: [link], used: 0 })
    else at.links.push(link)
  }
  return outgoing
}

/** Positions more often left than reached: a walk must begin there. `from` counts as reached once. */
function walkStarts(
  links: readonly Link[],
  outgoing: ReadonlyMap<string, Outgoing>,
  from: DecimalString | null,
): string[] {
  const reached = new Map<string, number>()
  for (const link of links) reached.set(link.after, (reached.get(link.after) ?? 0) + 1)
  const starts: string[] = []
  if (from !== null && outgoing.has(from)) {
    starts.push(from)
    reached.set(from, (reached.get(from) ?? 0) + 1)
  }
  for (const [position, { links: leaving }] of outgoing) {
    const excess = leaving.length - (reached.get(position) ?? 0)
    for (let count = 0; count < excess; count += 1) starts.push(position)
  }
  return starts
}

function walk(outgoing: Map<string, Outgoing>, start: string): Link[] {
  const path: Link[] = []
  let at = outgoing.get(start)
  while (at !== undefined && at.used < at.links.length) {
    const link: Link | undefined = at.links[at.used]
    if (link === undefined) break
    at.used += 1
    path.push(link)
    at = outgoing.get(link.after)
  }
  return path
}

/**
 * Inserts loops that remain at positions the path visits; iterative, since a loop may carry further loops. The path's end
 * has none: a walk only stops where nothing is left to walk.
 */
function spliceLoops(outgoing: Map<string, Outgoing>, path: readonly Link[]): Link[] {
  const ordered: Link[] = []
  const pending = path.toReversed()
  for (let link = pending.pop(); link !== undefined; link = pending.pop()) {
    const loop = walk(outgoing, link.start)
    if (loop.length === 0) ordered.push(link)
    else {
      pending.push(link)
      for (const inner of loop.toReversed()) pending.push(inner)
    }
  }
  return ordered
}
