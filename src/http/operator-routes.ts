/** What operators change: the switch for new exposure, a sweep on demand; and who is at work. Every change leaves an audit record. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Book } from '#book/book.ts'
import { StaleWrite } from '#book/errors.ts'
import { sealed } from '#book/seal.ts'
import type { ControlRow } from '#domain/account.ts'
import { bookRow, sitesAnswer } from './answers.ts'
import { callerOf } from './callers.ts'
import { unknownAccount } from './book-routes.ts'
import { HttpError, parseBody } from './http-error.ts'
import { operation } from './operation.ts'
import type { ControlAnswer, SitesAnswer, SweepRequestAnswer } from './wire.ts'

const COMMIT_ATTEMPTS = 5

const controlSchema = z.strictObject({
  trading_enabled: z.boolean(),
  why: z.string().trim().min(1).max(500),
})
const sweepSchema = z.strictObject({ account: z.string().min(1).max(64).default('*') })

const READ_CONTROL = operation({
  summary: 'Whether new exposure is allowed, and who said so',
  access: 'viewer',
  answers: { 200: { what: 'The switch.', schema: bookRow } },
})
const SET_CONTROL = operation({
  summary: 'Stop or allow new exposure',
  access: 'admin',
  body: controlSchema,
  answers: { 200: { what: 'The switch as it stands now.', schema: bookRow } },
})
const SWEEP = operation({
  summary: 'Ask for a sweep',
  access: 'operator',
  body: sweepSchema,
  answers: { 202: { what: 'Asked for, not finished.', schema: bookRow } },
})
const SITES = operation({
  summary: 'Who works for the accounts of each site',
  access: 'viewer',
  answers: { 200: { what: 'Live workers, and stages that nobody works on.', schema: sitesAnswer } },
})

export interface OperatorTools {
  readonly book: Book
  readonly accountIds: readonly string[]
  /** Queues a sweep of an account (`*`: all); answers its idempotency key. @throws when the queue does not take it */
  requestSweep(account: string): Promise<string>
  /** The workers of every site that has accounts. @throws when Redis does not say */
  readSites(): Promise<SitesAnswer['sites']>
  now(): number
}

/** `GET` and `POST /v1/control`, `POST /v1/sweep`, `GET /v1/sites`. */
export function operatorRoutes(server: FastifyInstance, tools: OperatorTools): void {
  server.get('/v1/control', READ_CONTROL, async (): Promise<ControlAnswer> => {
    const stored = await tools.book.load('control', 'global')
    return answerOf(stored?.row ?? { tradingEnabled: true, by: 'default', why: 'never changed', at: 0 })
  })

  server.post('/v1/control', SET_CONTROL, async (request) => {
    const asked = parseBody(controlSchema, request.body)
    const row = { tradingEnabled: asked.trading_enabled, by: callerOf(request).name, why: asked.why, at: tools.now() }
    await storeControl(tools.book, row)
    return answerOf(row)
  })

  server.post('/v1/sweep', SWEEP, async (request, reply) => {
    const { account } = parseBody(sweepSchema, request.body ?? {})
    if (account !== '*' && !tools.accountIds.includes(account)) throw unknownAccount(account, tools)
    const key = await orUnavailable(
      tools.requestSweep(account),
      'The queue does not take the sweep now; the next scheduled sweep covers it. Ask again.',
    )
    const answer: SweepRequestAnswer = { account, idempotency_key: key }
    return reply.status(202).send(answer)
  })

  server.get('/v1/sites', SITES, async (): Promise<SitesAnswer> => {
    return { sites: await orUnavailable(tools.readSites(), 'Redis does not say now who is at work. Ask again.') }
  })
}

async function orUnavailable<T>(answer: Promise<T>, message: string): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw Object.assign(new HttpError('unavailable', message), { cause: error })
  }
}

async function storeControl(book: Book, row: ControlRow): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const stored = await book.load('control', 'global')
    const inputs = { before: stored?.row.tradingEnabled ?? null, after: row.tradingEnabled, why: row.why }
    const about = { kind: 'control', id: 'global' } as const
    const decision = { about, at: row.at, actor: row.by, decision: 'trading-enabled', inputs }
    const next = stored?.row.audit === undefined ? row : { ...row, audit: stored.row.audit }
    try {
      await book.commit(
        sealed([
          stored === null
            ? { op: 'create', kind: 'control', id: 'global', row: next }
            : { op: 'replace', kind: 'control', id: 'global', row: next, revision: stored.revision },
          { op: 'record', decision },
        ]),
      )
      return
    } catch (error) {
      if (error instanceof StaleWrite && attempt < COMMIT_ATTEMPTS) continue
      throw error
    }
  }
}

function answerOf(row: ControlRow): ControlAnswer {
  return { trading_enabled: row.tradingEnabled, by: row.by, why: row.why, at: row.at }
}
