/** Reads the rows of the overview: a handful of small queries, whatever the history behind them. */
import type { Book, Stored } from '#book/book.ts'
import type { SweepRow } from '#domain/records.ts'
import type { AccountOverview, OverviewAnswer } from '../overview-wire.ts'
import { readWorkingOrders } from '../working-orders.ts'
import { type AccountSeat, accountOverview, tradingScopes } from './compose.ts'

/** Alerts shown at once; a storm of them is one problem, not two hundred. */
const ALERTS_LIMIT = 100
/** The last sweeps of an account among which the last one that compared is looked for. */
const SWEEPS_LOOKED_AT = 5
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

/** @throws BookUnavailable */
export async function readOverview(tools: OverviewTools): Promise<OverviewAnswer> {
  const { book, seats } = tools
  const ids = seats.map(({ id }) => id)
  const [positions, equity, accounts, programmes, control, alerts, work] = await Promise.all([
    book.list('positions', { where: { open: true }, limit: OPEN_POSITIONS_LIMIT }),
    book.loadMany('equity', ids),
    book.loadMany('accounts', ids),
    book.loadMany('programmes', ids),
    book.list('control', {}),
    book.list('alerts', {
      where: { active: true },
      orderBy: { field: 'raisedAt', direction: 'descending' },
      limit: ALERTS_LIMIT,
    }),
    tools.readWork(),
  ])
  const working = await readWorkingOrders(
    book,
    positions.map(({ row }) => row),
  )
  const overviews = await Promise.all(
    seats.map(async (seat, index): Promise<AccountOverview> => {
      const sweeps = await sweepsOf(book, seat.id)
      return accountOverview(seat, {
        row: rowOf(accounts[index]),
        positions: positions.map(({ row }) => row).filter(({ account }) => account === seat.id),
        sweeps,
        equity: rowOf(equity[index]),
        programme: rowOf(programmes[index]),
        workingOrders: working.filter(({ account }) => account === seat.id).length,
      })
    }),
  )
  return {
    mode: tools.mode,
    now: tools.now(),
    stale_after_ms: tools.staleAfterMs,
    trading: tradingScopes(control),
    accounts: overviews,
    alerts: alerts.map(({ row }) => row),
    alerts_limit: ALERTS_LIMIT,
    ...work,
  }
}

async function sweepsOf(book: Book, account: string): Promise<SweepRow[]> {
  const sweeps = await book.list('sweeps', {
    where: { account },
    orderBy: { field: 'startedAt', direction: 'descending' },
    limit: SWEEPS_LOOKED_AT,
  })
  return sweeps.map(({ row }) => row)
}

function rowOf<Row>(stored: Stored<Row> | null | undefined): Row | null {
  return stored?.row ?? null
}
