/** What operators look at beside the book: the switches for new exposure, and who is at work. */
import type { FastifyInstance } from 'fastify'
import type { Book } from '#book/book.ts'
import type { ControlRow } from '#domain/account.ts'
import { controlIdOf, scopeOfControl, UNTOUCHED_SWITCH } from '#domain/control.ts'
import { controlAnswer } from './action-answers.ts'
import { sitesAnswer } from './answers.ts'
import { HttpError } from './http-error.ts'
import { operation } from './operation.ts'
import type { ControlAnswer, SitesAnswer } from './wire.ts'

const READ_CONTROL = operation({
  summary: 'Whether new exposure is allowed, and who said so',
  access: 'viewer',
  answers: {
    200: { what: 'The switch of everything, and in `scopes` all that were ever touched.', schema: controlAnswer },
  },
})
const SITES = operation({
  summary: 'Who works for the accounts of each site',
  access: 'viewer',
  answers: { 200: { what: 'Live workers, and stages that nobody works on.', schema: sitesAnswer } },
})

export interface OperatorTools {
  readonly book: Book
  readonly accountIds: readonly string[]
  /** The workers of every site that has accounts. @throws when Redis does not say */
  readSites(): Promise<SitesAnswer['sites']>
  now(): number
}

/** `GET /v1/control` and `/v1/sites`. */
export function operatorRoutes(server: FastifyInstance, tools: OperatorTools): void {
  server.get('/v1/control', READ_CONTROL, async (): Promise<ControlAnswer> => {
    const rows = await tools.book.list('control', {})
    const scopes = rows.flatMap(({ id, row }) => {
      const scope = scopeOfControl(id)
      return scope === null ? [] : [{ scope, ...answerOf(row) }]
    })
    const everything = rows.find(({ id }) => id === controlIdOf({ kind: 'all' }))
    return { ...answerOf(everything?.row ?? UNTOUCHED_SWITCH), scopes }
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

function answerOf(row: ControlRow): Omit<ControlAnswer, 'scopes'> {
  return { trading_enabled: row.tradingEnabled, by: row.by, why: row.why, at: row.at }
}
