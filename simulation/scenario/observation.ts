/** What a simulated world has come to: its book beside the venues' own records. Reads only; asked by the world, not by a process in it. */
import type { PositionRow } from '#domain/position.ts'
import type { World } from '#simulation/world/world.ts'
import { openWithStops, readBook, readRecordFaults } from '#storm/collect.ts'
import { type AccountEvidence, type Evidence, symbolAt } from '#storm/evidence.ts'
import { openDifferences } from '#storm/invariants/positions.ts'

/** Everything that is recorded, and where the audit contradicts it. */
export interface Records {
  readonly accounts: readonly AccountEvidence[]
  readonly book: Evidence['book']
  readonly recordFaults: Evidence['recordFaults']
}

export async function recordsOf(world: World): Promise<Records> {
  const accounts = await accountsOf(world)
  const recordFaults = await readRecordFaults(world.rows)
  return { accounts, book: await bookOf(world), recordFaults }
}

/** What replaying must not change. */
export async function stateOf(world: World): Promise<string> {
  const { signals, positions, intents, orders, ledger, alerts } = await bookOf(world)
  const truths = (await accountsOf(world)).map(({ truth }) => [truth.fills, truth.orders, truth.positions])
  const still = alerts.map(({ kind, raisedAt, detail }) => ({ kind, raisedAt, detail }))
  return JSON.stringify({ signals, positions, intents, orders, ledger, still, truths }, null, 1)
}

/**
 * What is still under way; nothing: the world rests, and every account was swept after `since` (ms) and after its positions last
 * changed: a sweep does not judge what is on its way.
 */
export async function unrestOf(world: World, since: number): Promise<string[]> {
  const { rows, berths, accounts } = world
  const unrest = berths.filter(({ process }) => process === null).map(({ name }) => `${name} is not up`)
  const owed = await rows.list('outbox', { orderBy: { field: 'createdAt', direction: 'ascending' } })
  const open = await openPositions(world)
  const watched = new Set(open.map(({ positionId }) => `${positionId}.monitor`))
  unrest.push(...owed.filter(({ id }) => !watched.has(id)).map(({ id, row }) => `${row.stage} ${id} is owed`))
  const moving = open.filter(({ state }) => state !== 'open' && state !== 'unresolved')
  unrest.push(...moving.map(({ positionId, state }) => `${positionId} is ${state}`))
  for (const { id } of accounts) {
    const intents = await rows.list('intents', { where: { account: id, settled: false } })
    unrest.push(...intents.map(({ row }) => `intent ${row.intentId} ${row.event} is ${row.state}`))
    const [sweep] = await rows.list('sweeps', {
      where: { account: id },
      orderBy: { field: 'startedAt', direction: 'descending' },
      limit: 1,
    })
    const changes = await rows.list('positions', { where: { account: id, open: false } })
    const changedAt = Math.max(since, ...changes.map(({ row }) => row.updatedAt))
    if (sweep === undefined || sweep.row.startedAt < changedAt) unrest.push(`${id} was not swept since`)
    else if (!sweep.row.complete) unrest.push(`${id}: ${sweep.row.detail}`)
  }
  return unrest
}

/** Differences between broker and book that no lock stands for. */
export async function unlockedDifferences(world: World): Promise<string[]> {
  const positions = await openPositions(world)
  return (await accountsOf(world)).flatMap((account) => {
    const { locked, venue } = account
    const isLocked = (difference: string): boolean =>
      locked.some((instrument) => instrument === '*' || difference.includes(` ${symbolAt(venue, instrument)}:`))
    return openDifferences(account, positions).filter((difference) => !isLocked(difference))
  })
}

/** What is open at this moment of rest. */
export async function openAtRestIn(world: World): Promise<Evidence['openAtRest']> {
  return openWithStops(await openPositions(world), await accountsOf(world))
}

export async function openPositions({ rows }: World): Promise<PositionRow[]> {
  const open = await rows.list('positions', { where: { open: true } })
  return open.map(({ row }) => row)
}

/** The venue's name of what a position holds. */
export function symbolOf({ accounts }: World, { account, instrument }: PositionRow): string {
  const venue = accounts.find(({ id }) => id === account)?.venue ?? 'hyperliquid'
  return symbolAt(venue, instrument)
}

async function accountsOf({ accounts, rows, venues }: World): Promise<AccountEvidence[]> {
  const evidence: AccountEvidence[] = []
  for (const { id, venue, strategy, limits, venueAccount } of accounts) {
    const equity = await rows.load('equity', id)
    const account = await rows.load('accounts', id)
    const { view } = venues.get(venue) as NonNullable<ReturnType<World['venues']['get']>>
    const locked = Object.keys(account?.row.locks ?? {})
    const ignored = Object.keys(account?.row.ignored ?? {})
    const truth = view.truth(venueAccount)
    evidence.push({ id, venue, strategy, limits, truth, equity: equity?.row ?? null, locked, ignored })
  }
  return evidence
}

async function bookOf({ accounts, rows }: World): Promise<Evidence['book']> {
  return await readBook(
    rows,
    accounts.map(({ id }) => id),
  )
}
