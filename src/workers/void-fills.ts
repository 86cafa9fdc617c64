/**
 * Books what the venue took back, took in again or states otherwise (B21): rows that undo and rows that tell anew, the ledger's rows
 * where a closed position counted the trade, its result, and an alert. Each once, whoever looks: what stands in the book decides.
 */
import type { Book } from '#book/book.ts'
import type { PlannedWrite } from '#book/seal.ts'
import type { FillRead } from '#brokers/broker.ts'
import type { Fill } from '#domain/fill.ts'
import { chainFills } from '#domain/fill-chain.ts'
import {
  factsOf,
  restatementOf,
  reversalIdOf,
  reversalOf,
  saysTheSame,
  standingFills,
  tellingIdOf,
  toldBy,
} from '#domain/reversal.ts'
import { type Restated, consequencesOf } from './void-consequences.ts'

/** Rows to book, and what goes with them. */
export interface Tidings {
  readonly fills: readonly Fill[]
  readonly writes: readonly PlannedWrite[]
}

/** What is told of a trade again and again is looked up once a process; never needed for truth. */
const looked = new WeakMap<Book, Map<string, string>>()
const LOOKED_MAX = 50_000
const VOID = 'void'

/**
 * What to book of a read: `fresh` (fills that the book has never seen), and the changes to those it has. Nothing changes on an incomplete
 * read, which may not show what it has. @throws BookUnavailable
 */
export async function tidingsOf(book: Book, read: FillRead, fresh: readonly Fill[], now: number): Promise<Tidings> {
  const nothing = { fills: fresh, writes: [] }
  if (!read.coverage.complete) return nothing
  const changed = await changedTellings(book, read, fresh)
  if (changed.length === 0) return nothing
  const instruments = [...new Set(changed.map(({ last }) => last.instrument))]
  const fills = fresh.filter(({ instrument }) => !instruments.includes(instrument))
  const writes: PlannedWrite[] = []
  for (const instrument of instruments) {
    const about = changed.filter(({ last }) => last.instrument === instrument)
    const restated = await restate(book, about, { read, fresh }, now)
    fills.push(...restated.rows)
    writes.push(...(await consequencesOf(book, restated.changes, now)))
  }
  return { fills, writes }
}

/** The last telling of a fill in the book. */
interface Telling {
  readonly n: number
  readonly last: Fill
  readonly stands: boolean
}

/** Fills of the book that the venue now tells otherwise, or no longer. */
async function changedTellings(book: Book, read: FillRead, fresh: readonly Fill[]): Promise<Telling[]> {
  const known = looked.get(book) ?? new Map<string, string>()
  looked.set(book, known)
  if (known.size > LOOKED_MAX) known.clear()
  const unseen = new Set(fresh.map(({ fillId }) => fillId))
  const told = new Map<string, Fill | null>([
    ...read.voided.map((id): [string, null] => [id, null]),
    ...read.fills.filter(({ fillId }) => !unseen.has(fillId)).map((fill): [string, Fill] => [fill.fillId, fill]),
  ])
  const asked = [...told].filter(([id, fill]) => known.get(id) !== toldOf(fill)).map(([id]) => id)
  const tellings = await lastTellings(book, asked)
  const changed: Telling[] = []
  for (const id of asked) {
    const fill = told.get(id) ?? null
    const telling = tellings.get(id)
    const holds =
      telling === undefined || (fill === null ? !telling.stands : telling.stands && saysTheSame(telling.last, fill))
    if (holds) known.set(id, toldOf(fill))
    else changed.push(telling)
  }
  return changed
}

function toldOf(fill: Fill | null): string {
  return fill === null ? VOID : factsOf(fill)
}

async function lastTellings(book: Book, ids: readonly string[]): Promise<ReadonlyMap<string, Telling>> {
  const found = new Map<string, Telling>()
  for (let n = 1, open = ids; open.length > 0; n += 1) {
    const wanted = open.map((id) => tellingIdOf(id, n))
    const [rows, reversals] = await Promise.all([
      book.loadMany('fills', wanted),
      book.loadMany('fills', wanted.map(reversalIdOf)),
    ])
    for (const [index, id] of open.entries()) {
      const row = rows[index]
      if (row !== null && row !== undefined) found.set(id, { n, last: row.row, stands: reversals[index] === null })
    }
    // Another telling exists only after the one before it was undone.
    open = open.filter((id) => found.get(id)?.n === n && found.get(id)?.stands === false)
  }
  return found
}

/** Undoes what no longer stands of one instrument and tells what the venue tells, from its earliest change on. */
async function restate(
  book: Book,
  changed: readonly Telling[],
  { read, fresh }: { readonly read: FillRead; readonly fresh: readonly Fill[] },
  now: number,
): Promise<{ readonly rows: readonly Fill[]; readonly changes: readonly Restated[] }> {
  const { account, instrument } = changed[0]?.last ?? raise('a changed fill')
  const from = changed.reduce((first, { last }) => Math.min(first, last.time), now)
  const since = await book.list('fills', {
    where: { account, instrument },
    orderBy: { field: 'time', direction: 'ascending' },
    from,
  })
  const rows = since.map(({ row }) => row)
  const standing = chainFills(standingFills(rows), { evidence: 'time' }).fills
  const told = read.fills.filter((fill) => fill.instrument === instrument && fill.time >= from)
  const { undo, tell } = restatementOf(standing, told)
  const isKnown = new Set([...told.map(({ fillId }) => fillId), ...read.voided])
  // A booked fill that the venue neither shows nor calls void: what it shows is not the whole.
  if (undo.some((row) => !isKnown.has(toldBy(row)))) {
    return { rows: fresh.filter((row) => row.instrument === instrument), changes: [] }
  }
  const tellings = await lastTellings(
    book,
    tell.map(({ fillId }) => fillId),
  )
  const named = new Map(fresh.map((fill) => [fill.fillId, fill]))
  const late = fresh.filter((fill) => fill.instrument === instrument && fill.time < from)
  const newest = rows.reduce((last, row) => Math.max(last, row.time), 0)
  const at = Math.max(newest, Math.min(now, ...fresh.map(({ time }) => time)))
  const undone = undo.map((row) => reversalOf(row, at))
  const again = tell.map((fill) => retold(named.get(fill.fillId) ?? fill, tellings.get(fill.fillId)))
  return {
    rows: [...late, ...undone, ...again],
    changes: changesOf({ undo, undone, again, tellings, voided: new Set(read.voided) }),
  }
}

/** The next telling of a fill; who made it was found out when it was booked first. */
function retold(fill: Fill, telling: Telling | undefined): Fill {
  if (telling === undefined) return fill
  const { n, last } = telling
  const { clientOrderId, attachedTo } = last
  return {
    ...fill,
    clientOrderId,
    ...(attachedTo !== undefined && { attachedTo }),
    fillId: tellingIdOf(fill.fillId, n + 1),
    restates: fill.fillId,
  }
}

function changesOf(made: {
  readonly undo: readonly Fill[]
  readonly undone: readonly Fill[]
  readonly again: readonly Fill[]
  readonly tellings: ReadonlyMap<string, Telling>
  readonly voided: ReadonlySet<string>
}): Restated[] {
  const again = new Map(made.again.filter(({ restates }) => restates !== undefined).map((row) => [toldBy(row), row]))
  const taken = made.undo.map((row, index): Restated => ({
    fill: row,
    reversal: made.undone[index] ?? null,
    again: again.get(toldBy(row)) ?? null,
    isVoid: made.voided.has(toldBy(row)),
  }))
  const undone = new Set(made.undo.map(toldBy))
  const back = [...again].flatMap(([id, row]): Restated[] => {
    const before = made.tellings.get(id)
    return undone.has(id) || before === undefined
      ? []
      : [{ fill: before.last, reversal: null, again: row, isVoid: false }]
  })
  return [...taken, ...back]
}

function raise(expected: string): never {
  throw new RangeError(`Expected ${expected}, saw none.`)
}
