/** The points of a life at which losing its worker is nastiest, and how a life is brought to each. */
import type { PositionId } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import { eventually } from '#test/support/eventually.ts'
import type { FenceDesk, GatedWorker } from './fence-desk.ts'
import type { Gate } from './gate.ts'

export interface Point {
  /** Name of its account and its gate, too. */
  readonly name: string
  readonly says: string
  readonly moment: Gate['moment']
  readonly write: string
  /** Whether the life must be open and its exit asked for to come here. */
  readonly exit: boolean
  /** Goes on from the gate until the request has left and its answer is on its way. */
  readonly answering?: boolean
  /** Its exit is asked for there: the entry is not wanted any more. */
  readonly unwanted?: boolean
}

export const POINTS: readonly Point[] = [
  { name: 'route', says: 'routing, not committed', moment: 'before', write: 'create positions pending', exit: false },
  {
    name: 'entry',
    says: 'placing the entry, SENDING not committed',
    moment: 'before',
    write: 'replace intents entry sending',
    exit: false,
  },
  {
    name: 'entry-sending',
    says: 'placing the entry, SENDING committed, nothing sent',
    moment: 'after',
    write: 'replace intents entry sending',
    exit: false,
  },
  {
    name: 'entry-unwanted',
    says: 'placing an entry that is not wanted any more, SENDING committed, nothing sent',
    moment: 'after',
    write: 'replace intents entry sending',
    exit: false,
    unwanted: true,
  },
  {
    name: 'entry-sent',
    says: 'placing the entry, sent, its answer on the way',
    moment: 'after',
    write: 'replace intents entry sending',
    exit: false,
    answering: true,
  },
  {
    name: 'entry-answered',
    says: 'placing the entry, answered, not recorded',
    moment: 'before',
    write: 'replace intents entry accepted',
    exit: false,
  },
  {
    name: 'monitor',
    says: 'monitoring, between reading and committing',
    moment: 'before',
    write: 'replace positions open',
    exit: false,
  },
  {
    name: 'exit',
    says: 'closing, between reading and committing',
    moment: 'before',
    write: 'create intents exit sending',
    exit: true,
  },
  {
    name: 'exit-sending',
    says: 'closing, SENDING committed, nothing sent',
    moment: 'after',
    write: 'create intents exit sending',
    exit: true,
  },
  {
    name: 'exit-sent',
    says: 'closing, sent, its answer on the way',
    moment: 'after',
    write: 'create intents exit sending',
    exit: true,
    answering: true,
  },
  {
    name: 'exit-answered',
    says: 'closing, answered, not recorded',
    moment: 'before',
    write: 'replace intents exit accepted',
    exit: true,
  },
  {
    name: 'reconcile',
    says: 'reconciling, between reading and committing',
    moment: 'before',
    write: 'create ledger',
    exit: true,
  },
]

export function gateOf({ name, moment, write }: Point): Gate {
  return { name, account: name, moment, write }
}

/** The points where what the store promises decides: reading is over, the commit is not made; and one where it was made. */
export const STORE_POINTS = POINTS.filter(({ name, moment }) => moment === 'before' || name === 'entry-sending')

/** A life and the point it is brought to. */
export interface Life {
  readonly point: Point
  readonly id: PositionId
}

/** Starts a life for each point and brings it there in this worker, which must be the only one. */
export async function bringAll(fence: FenceDesk, worker: GatedWorker, points: readonly Point[]): Promise<Life[]> {
  const lives: Life[] = []
  // Entries come last: the deadline of those that are signed is running.
  for (const exit of [true, false]) {
    const wanted = points.filter((point) => point.exit === exit)
    lives.push(...(await Promise.all(wanted.map(async (point) => ({ point, id: await bring(fence, worker, point) })))))
  }
  return lives
}

async function bring(fence: FenceDesk, worker: GatedWorker, point: Point): Promise<PositionId> {
  const id = await fence.open(point.name)
  if (point.exit) {
    await fence.desk.until(id, 'open')
    await fence.close(point.name)
  }
  await worker.held(point.name)
  if (point.answering === true) {
    const before = fence.ledger(point.name).fills.length
    worker.ways?.venue(point.name).mode('black-hole', 'answers')
    worker.release(point.name)
    await eventually(() => fence.ledger(point.name).fills.length > before, { what: 'the request at the venue' })
  }
  if (point.unwanted === true) {
    await fence.close(point.name)
    await eventually(async () => (await fence.desk.position(id)).exit !== null, { what: 'the exit asked for' })
  }
  return id
}

/** Whoever works goes on: lives that have not begun open, all are closed and booked; or they are proven never to begin. */
export async function finishAll(fence: FenceDesk, lives: readonly Life[]): Promise<void> {
  await Promise.all(lives.map((life) => finish(fence, life)))
}

async function finish(fence: FenceDesk, { point, id }: Life): Promise<void> {
  const reaches = async (what: string, is: (row: PositionRow) => boolean): Promise<PositionRow> =>
    await eventually(
      async () => {
        const row = await fence.desk.position(id)
        return is(row) && row
      },
      { what: `${what}, ${point.says}`, withinMs: 60_000 },
    )
  if (!point.exit && point.unwanted !== true) {
    const begun = await reaches('a position', (row) => row.state === 'open' || !row.open)
    if (begun.open) await fence.close(point.name)
  }
  await reaches('the end', (row) => !row.open)
}
