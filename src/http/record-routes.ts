/** What lies behind the numbers: a position's whole story, orders, ledger rows and audit records. Every list is bounded. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { PositionId } from '#domain/ids.ts'
import type { OrderRow } from '#domain/order.ts'
import { alertRow, bookRow, listOf } from './answers.ts'
import { HttpError, parseBody } from './http-error.ts'
import { accountParameter, accountsAsked, instantParameter, limitOf, listing, type ListingTools } from './listing.ts'
import { operation } from './operation.ts'
import type { AlertAnswer, AuditAnswer, LedgerAnswer, OrdersAnswer, PositionAnswer } from './overview-wire.ts'
import { readPosition } from './position/read-position.ts'
import { readWorkingOrders, withWorking } from './working-orders.ts'

const account = accountParameter
const ordersQuery = z.strictObject({
  account,
  state: z.enum(['working', 'all']).default('working'),
  limit: limitOf(200),
})
const ledgerQuery = z.strictObject({
  account,
  strategy: z.string().min(1).max(128).optional(),
  from: instantParameter,
  to: instantParameter,
  limit: limitOf(500),
})
const auditQuery = z.strictObject({ subject: z.string().min(1).max(256).optional(), limit: limitOf(100) })

const POSITION = operation({
  summary: 'One position from signal to ledger row, in order of time',
  access: 'viewer',
  path: { id: 'Position id.' },
  answers: { 200: { what: 'The position and all that happened to it.', schema: bookRow } },
  errors: ['not_found'],
})
const ALERT = operation({
  summary: 'One alert, whether it stands or has ended',
  access: 'viewer',
  path: { id: 'Alert id.' },
  answers: { 200: { what: 'The alert.', schema: z.object({ alert: alertRow }) } },
  errors: ['not_found'],
})
const ORDERS = listing('Orders at the venues as last read, and intents whose outcome is open', bookRow, ordersQuery)
const LEDGER = listing('Ledger rows, the newest first', listOf('ledger', bookRow), ledgerQuery)
const AUDIT = listing('Audit records, the newest first', listOf('records', bookRow), auditQuery)

/** `GET /v1/positions/:id`, `/v1/alerts/:id`, `/v1/orders`, `/v1/ledger` and `/v1/audit`. */
export function recordRoutes(server: FastifyInstance, tools: ListingTools): void {
  const { book } = tools
  server.get<{ Params: { id: string } }>('/v1/positions/:id', POSITION, async (request): Promise<PositionAnswer> => {
    const { id } = request.params
    const answer = await readPosition(book, id as PositionId)
    if (answer === null) throw new HttpError('not_found', `There is no position or command ${id}.`)
    return answer
  })

  server.get<{ Params: { id: string } }>('/v1/alerts/:id', ALERT, async (request): Promise<AlertAnswer> => {
    const { id } = request.params
    const stored = await book.load('alerts', id)
    if (stored === null) throw new HttpError('not_found', `There is no alert ${id}.`)
    return { alert: stored.row }
  })

  server.get('/v1/orders', ORDERS, async (request): Promise<OrdersAnswer> => {
    const asked = parseBody(ordersQuery, request.query)
    const accounts = accountsAsked(asked.account, tools)
    const [orders, unsettled] = await Promise.all([
      asked.state === 'working' ? readWorking(tools, accounts) : readAll(tools, accounts, asked.limit),
      Promise.all(
        accounts.map((id) => book.list('intents', { where: { account: id, settled: false }, limit: asked.limit })),
      ),
    ])
    return {
      orders: orders.slice(0, asked.limit),
      // What was signed is nobody's to read, see the timeline of a position.
      unsettled: unsettled.flatMap((rows) => rows.map(({ row }) => ({ ...row, request: null }))),
    }
  })

  server.get('/v1/ledger', LEDGER, async (request): Promise<LedgerAnswer> => {
    const asked = parseBody(ledgerQuery, request.query)
    return { ledger: await readLedger(tools, asked) }
  })

  server.get('/v1/audit', AUDIT, async (request): Promise<AuditAnswer> => {
    const asked = parseBody(auditQuery, request.query)
    const rows = await book.list('audit', {
      ...(asked.subject !== undefined && { where: { subject: asked.subject } }),
      orderBy: { field: 'at', direction: 'descending' },
      limit: asked.limit,
    })
    return { records: rows.map(({ row }) => row) }
  })
}

async function readWorking({ book }: ListingTools, accounts: readonly string[]): Promise<OrderRow[]> {
  const positions = await Promise.all(
    accounts.map((id) => book.list('positions', { where: { account: id, open: true } })),
  )
  return await readWorkingOrders(
    book,
    positions.flatMap((rows) => rows.map(({ row }) => row)),
  )
}

async function readAll({ book }: ListingTools, accounts: readonly string[], limit: number): Promise<OrderRow[]> {
  const newest = { orderBy: { field: 'placedAt', direction: 'descending' }, limit } as const
  const lists = await Promise.all(accounts.map((id) => book.list('orders', { where: { account: id }, ...newest })))
  const rows = lists.flatMap((list) => list.map(({ row }) => row)).toSorted((a, b) => b.placedAt - a.placedAt)
  return await withWorking(book, rows.slice(0, limit))
}

async function readLedger(tools: ListingTools, asked: z.output<typeof ledgerQuery>): Promise<LedgerAnswer['ledger']> {
  const lists = await Promise.all(
    accountsAsked(asked.account, tools).map((id) =>
      tools.book.list('ledger', {
        where: { account: id },
        orderBy: { field: 'at', direction: 'descending' },
        ...(asked.from !== undefined && { from: asked.from }),
        ...(asked.to !== undefined && { to: asked.to }),
        limit: asked.limit,
      }),
    ),
  )
  const rows = lists.flatMap((list) => list.map(({ row }) => row)).toSorted((a, b) => b.at - a.at)
  const ids = [...new Set(rows.flatMap(({ positionId }) => (positionId === null ? [] : [positionId])))]
  const positions = await tools.book.loadMany('positions', ids)
  const strategies = new Map(positions.map((stored) => [stored?.id, stored?.row.strategy]))
  const named = rows.map((row) => ({ ...row, strategy: strategies.get(row.positionId ?? undefined) ?? null }))
  return asked.strategy === undefined ? named : named.filter(({ strategy }) => strategy === asked.strategy)
}
