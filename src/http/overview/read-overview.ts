/** Reads the rows of the overview: a handful of small queries, whatever the history behind them. */
import type { Book, Stored } from '#book/book.ts'
import { activeAlerts, newestSweeps } from '#book/frequent-queries.ts'
import type { SweepRow } from '#domain/records.ts'
import type { AccountOverview, OverviewAnswer } from '../overview-wire.ts'
import { readWorkingOrders } from '../working-orders.ts'
import { type AccountSeat, accountOverview, tradingScopes } from './compose.ts'

/** Alerts shown at once; a storm of them is one problem, not two hundred. */
const ALERTS_LIMIT = 100
/** Where the last sweep did not compare: so many are looked at for the last one that did. */
const SWEEPS_LOOKED_AT = 5
/** The same once, for an account whose venue has not answered for longer. */
const SWEEPS_LOOKED_BACK = 500
const OPEN_POSITIONS_LIMIT = 1000

export interface OverviewTools {
  readonly book: Book
  readonly seats: readonly AccountSeat[]
  readonly mode: 'paper' | 'live'
  /** Age beyond which a look at a broker says nothing of now, ms. */
  readonly staleAfterMs: number
  /** Both null while Redis does not say. */
  readWork(): Promise<Pick<OverviewAnswer, 'dead_jobs' | 'workers'>>
  now(): number
}

/** The last sweep of an account that compared, as far as readings before this one saw it; null: none of those. */
type Compared = Map<string, SweepRow | null>

/** Answers the reader. @throws BookUnavailable: the reader does */
export function overviewReader(tools: OverviewTools): () => Promise<OverviewAnswer> {
  const compared: Compared = new Map()
  return async () => await readOverview(tools, compared)
}

async function readOverview(tools: OverviewTools, compared: Compared): Promise<OverviewAnswer> {
  const { book, seats } = tools
  const now = tools.now()
  const ids = seats.map(({ id }) => id)
  const [positions, equity, accounts, programmes, control, alerts, work] = await Promise.all([
    book.list('positions', { where: { open: true }, limit: OPEN_POSITIONS_LIMIT }),
    book.loadMany('equity', ids),
    book.loadMany('accounts', ids),
    book.loadMany('programmes', ids),
    book.list('control', {}),
    book.list('alerts', activeAlerts(ALERTS_LIMIT)),
    tools.readWork(),
  ])
  const working = await readWorkingOrders(
    book,
    positions.map(({ row }) => row),
  )
  const overviews = await Promise.all(
    seats.map(async (seat, index): Promise<AccountOverview> => {
      const sweeps = await sweepsOf(seat.id, book, compared)
      const rows = {
        row: rowOf(accounts[index]),
        positions: positions.map(({ row }) => row).filter(({ account }) => account === seat.id),
        sweeps,
        equity: rowOf(equity[index]),
        programme: rowOf(programmes[index]),
        workingOrders: working.filter(({ account }) => account === seat.id).length,
      }
      return accountOverview(seat, rows, now)
    }),
  )
  return {
    mode: tools.mode,
    now,
    stale_after_ms: tools.staleAfterMs,
    trading: tradingScopes(control),
    accounts: overviews,
    alerts: alerts.map(({ row }) => row),
    alerts_limit: ALERTS_LIMIT,
    ...work,
  }
}

/** The last sweep, and behind it the last one that compared, however long ago that was. */
async function sweepsOf(account: string, book: Book, compared: Compared): Promise<SweepRow[]> {
  const newest = await readSweeps(book, account, 1)
  const last = newest.find(didCompare) ?? (await readSweeps(book, account, SWEEPS_LOOKED_AT)).find(didCompare) ?? null
  if (last !== null) compared.set(account, last)
  else if (!compared.has(account))
    compared.set(account, (await readSweeps(book, account, SWEEPS_LOOKED_BACK)).find(didCompare) ?? null)
  const known = compared.get(account) ?? null
  return known === null ? newest : [...newest, known]
}

function didCompare(sweep: SweepRow): boolean {
  return sweep.compared !== undefined
}

async function readSweeps(book: Book, account: string, limit: number): Promise<SweepRow[]> {
  return (await book.list('sweeps', newestSweeps(account, limit))).map(({ row }) => row)
}

function rowOf<Row>(stored: Stored<Row> | null | undefined): Row | null {
  return stored?.row ?? null
}
