/** When a storm is over: nothing is owed, nothing is unknown, every account was swept since and its equity explained. */
import { setTimeout as delay } from 'node:timers/promises'
import { LEFT_TO_PEOPLE } from './evidence.ts'
import type { Ground } from './ground.ts'

const LOOK_MS = 500
/** Calm in so many looks in a row is rest. */
const LOOKS = 3
/** Clocks of workers may be behind by so much, ms. */
const CLOCKS_MS = 2_000

/** Waits until the world rests; answers what kept it from it after `patienceMs`, nothing when it rests. */
export async function untilRest(ground: Ground, patienceMs: number): Promise<readonly string[]> {
  const since = ground.now() + CLOCKS_MS
  const deadline = performance.now() + patienceMs
  let calm = 0
  let unrest: readonly string[] = []
  while (calm < LOOKS) {
    unrest = await unrestOf(ground, since)
    calm = unrest.length === 0 ? calm + 1 : 0
    if (performance.now() > deadline) return unrest.length === 0 ? ['rest was reached too late to last'] : unrest
    await delay(LOOK_MS)
  }
  return []
}

async function unrestOf({ book: { book }, seats }: Ground, since: number): Promise<readonly string[]> {
  const ascending = { orderBy: { field: 'createdAt', direction: 'ascending' } } as const
  const [owed, open] = await Promise.all([
    book.list('outbox', ascending),
    book.list('positions', { where: { open: true } }),
  ])
  const left = await leftToPeople(book)
  const watched = new Set(open.map(({ row }) => `${row.positionId}.monitor`))
  const debts = owed
    .filter(({ id, row }) => !watched.has(id) && !left.has(row.envelope.position_id))
    .map(({ id, row }) => `${row.stage} ${id} is owed`)
  const moving = open
    .filter(({ row }) => row.state !== 'open' && row.state !== 'unresolved' && !left.has(row.positionId))
    .map(({ row }) => `${row.account} ${row.instrument} ${row.positionId} is ${row.state}`)
  const accounts = await Promise.all(seats.map(({ id }) => unrestAt(book, id, since, left)))
  return [...debts, ...moving, ...accounts.flat()]
}

/** Positions that stand still behind a critical alert: the fills cannot prove their end, and a person was told. */
export async function leftToPeople(book: Ground['book']['book']): Promise<ReadonlySet<string>> {
  const alerts = await book.list('alerts', {
    where: { active: true },
    orderBy: { field: 'raisedAt', direction: 'ascending' },
  })
  return new Set(alerts.flatMap(({ row }) => (LEFT_TO_PEOPLE.has(row.kind) ? [row.positionId ?? ''] : [])))
}

async function unrestAt(
  book: Ground['book']['book'],
  account: string,
  since: number,
  left: ReadonlySet<string>,
): Promise<string[]> {
  const [sweeps, unsettled, equity] = await Promise.all([
    book.list('sweeps', { where: { account }, orderBy: { field: 'startedAt', direction: 'descending' }, limit: 1 }),
    book.list('intents', { where: { account, settled: false } }),
    book.load('equity', account),
  ])
  const unrest = unsettled.map(({ id, row }) => `${account} intent ${id} of ${row.positionId} is ${row.state}`)
  const sweep = sweeps[0]?.row
  if (sweep === undefined || sweep.startedAt < since) unrest.push(`${account} was not swept since`)
  else if (!sweep.complete) unrest.push(`${account}: last sweep ${sweep.detail}`)
  else if (sweep.findings.some(({ positionId }) => !left.has(positionId ?? '')))
    unrest.push(`${account}: last sweep found ${sweep.detail}`)
  if (equity === null || equity.row.asOf < since) unrest.push(`${account}: equity was not read since`)
  else if (equity.row.unexplained !== '0')
    unrest.push(`${account}: ${equity.row.unexplained ?? 'unknown'} USD unexplained`)
  return unrest
}
