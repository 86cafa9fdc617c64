/** What operators read: the book as it stands. Every list is bounded and comes from a declared query. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Query } from '#book/book.ts'
import { activeAlerts, newestSweeps } from '#book/frequent-queries.ts'
import { alertRow, bookRow, equityDayRow, equityRow, listOf } from './answers.ts'
import { parseBody } from './http-error.ts'
import { accountParameter, accountsAsked, limitOf, listing, type ListingTools } from './listing.ts'
import type { AlertsAnswer, EquityAnswer, EquityDaysAnswer, PositionsAnswer, SweepsAnswer } from './wire.ts'

const account = accountParameter
const positionsQuery = z.strictObject({
  state: z.enum(['open', 'all']).default('open'),
  account,
  limit: limitOf(200),
})
const alertsQuery = z.strictObject({ state: z.enum(['active', 'all']).default('active'), limit: limitOf(200) })
const sweepsQuery = z.strictObject({ account, limit: limitOf(20) })
const daysQuery = z.strictObject({ account, limit: limitOf(31) })

const POSITIONS = listing('Positions of the book', listOf('positions', bookRow), positionsQuery)
const ALERTS = listing('Alerts, the newest first', listOf('alerts', alertRow), alertsQuery)
const EQUITY = listing('The equity identity of each account', listOf('equity', equityRow))
const DAYS = listing('The same by UTC day, the newest first', listOf('days', equityDayRow), daysQuery)
const SWEEPS = listing('The last sweeps: what they compared, found and proved', listOf('sweeps', bookRow), sweepsQuery)

/** `GET /v1/positions`, `/v1/alerts`, `/v1/equity`, `/v1/equity/days` and `/v1/sweeps`. */
export function bookRoutes(server: FastifyInstance, tools: ListingTools): void {
  server.get('/v1/positions', POSITIONS, async (request): Promise<PositionsAnswer> => {
    const asked = parseBody(positionsQuery, request.query)
    const rows = await tools.book.list('positions', positionQuery(asked))
    return { positions: rows.map((stored) => stored.row) }
  })

  server.get('/v1/alerts', ALERTS, async (request): Promise<AlertsAnswer> => {
    const asked = parseBody(alertsQuery, request.query)
    const rows = await tools.book.list(
      'alerts',
      asked.state === 'active'
        ? activeAlerts(asked.limit)
        : { orderBy: { field: 'raisedAt', direction: 'descending' }, limit: asked.limit },
    )
    return { alerts: rows.map((stored) => stored.row) }
  })

  server.get('/v1/equity', EQUITY, async (): Promise<EquityAnswer> => {
    const rows = await tools.book.list('equity', {})
    return { equity: rows.map((stored) => stored.row) }
  })

  server.get('/v1/equity/days', DAYS, async (request): Promise<EquityDaysAnswer> => {
    const asked = parseBody(daysQuery, request.query)
    const newest = { orderBy: { field: 'day', direction: 'descending' }, limit: asked.limit } as const
    const lists = await Promise.all(
      accountsAsked(asked.account, tools).map((id) =>
        tools.book.list('equityDays', { where: { account: id }, ...newest }),
      ),
    )
    return { days: lists.flat().map((stored) => stored.row) }
  })

  server.get('/v1/sweeps', SWEEPS, async (request): Promise<SweepsAnswer> => {
    const asked = parseBody(sweepsQuery, request.query)
    const accounts = accountsAsked(asked.account, tools)
    const lists = await Promise.all(accounts.map((id) => tools.book.list('sweeps', newestSweeps(id, asked.limit))))
    return { sweeps: lists.flat().map((stored) => stored.row) }
  })
}

function positionQuery(asked: z.output<typeof positionsQuery>): Query<'positions'> {
  if (asked.state === 'open') {
    const where = asked.account === undefined ? { open: true } : { open: true, account: asked.account }
    return { where, limit: asked.limit }
  }
  const newest = { orderBy: { field: 'createdAt', direction: 'descending' }, limit: asked.limit } as const
  return asked.account === undefined ? newest : { where: { account: asked.account }, ...newest }
}
