/**
 * The door for actions: a preview without `confirm`, the deed with it. Operators may see any preview; what they may confirm is the verb's
 * role. Nothing is decided here.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { type Action, type ActionRequest, actionOf, actionRequestSchema } from '#domain/operator/action.ts'
import type { Radius, Refusal } from '#domain/operator/radius.ts'
import { ROLE_OF_VERB } from '#domain/operator/roles.ts'
import type { ConfirmAnswer, Operator, Preview } from '#operate/operator.ts'
import type { DeadJobs } from '#queues/dead-jobs.ts'
import { actionDone, actionPreview, deadJobsAnswer } from './action-answers.ts'
import { notAllowed } from './authentication.ts'
import { atLeast, callerOf } from './callers.ts'
import { HttpError, parseBody } from './http-error.ts'
import { operation } from './operation.ts'
import type { ActionChanged, ActionDone, ActionPreview, DeadJobsAnswer, RadiusAnswer } from './wire.ts'

export interface ActionTools {
  readonly operator: Operator
  readonly deadJobs: DeadJobs
}

const ACT = operation({
  summary: 'Preview an action, or confirm one that was previewed',
  access: 'operator',
  body: actionRequestSchema,
  answers: {
    200: { what: 'Without `confirm`: what it would do. With it: done.', schema: z.union([actionPreview, actionDone]) },
    202: { what: 'Done as far as it can be at once; `keys` name the work that was asked for.', schema: actionDone },
  },
  errors: ['not_found', 'conflict', 'unavailable'],
})
const deadJobsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) })
const DEAD_JOBS = operation({
  summary: 'Jobs that were set aside because nobody could work on them',
  access: 'viewer',
  query: deadJobsQuery,
  answers: { 200: { what: 'Newest first.', schema: deadJobsAnswer } },
  errors: ['unavailable'],
})

/** `POST /v1/actions` and `GET /v1/dead-jobs`. */
export function actionRoutes(server: FastifyInstance, tools: ActionTools): void {
  server.post('/v1/actions', ACT, async (request, reply) => {
    const asked = parseBody(actionRequestSchema, request.body)
    const caller = callerOf(request)
    const action = actionOf(asked)
    if (asked.confirm === undefined) {
      const answer = await reached(tools.operator.preview(action, caller.name))
      if (answer.kind === 'refused') throw refusalOf(answer.refusal)
      return previewOf(answer.preview)
    }
    const role = ROLE_OF_VERB[action.verb]
    if (!atLeast(caller, role)) throw notAllowed(caller, role)
    const confirmation = { token: asked.confirm, why: whyOf(asked), caller: caller.name }
    return await answerTo(action, await reached(tools.operator.confirm(action, confirmation)), reply)
  })

  server.get('/v1/dead-jobs', DEAD_JOBS, async (request): Promise<DeadJobsAnswer> => {
    const { limit } = parseBody(deadJobsQuery, request.query)
    const jobs = await reached(tools.deadJobs.list(limit))
    return {
      dead_jobs: jobs.map(({ queue, jobId, stage, why, since, envelope, ids }) => {
        return { queue, job: jobId, stage, why, since, valid: envelope !== null, ids }
      }),
    }
  })
}

/** A sweep needs no reason: it changes nothing that anybody would ask about later. @throws HttpError */
function whyOf({ verb, why }: ActionRequest): string {
  if (why !== undefined) return why
  if (verb === 'sweep') return 'asked for'
  const expected = 'a reason, kept in the audit record'
  throw new HttpError('invalid', `why: expected ${expected}, saw none.`, { path: 'why', expected, seen: 'none' })
}

async function answerTo(action: Action, answer: ConfirmAnswer, reply: FastifyReply): Promise<FastifyReply> {
  switch (answer.kind) {
    case 'done': {
      const { detail, records, keys } = answer.performed
      const done: ActionDone = { done: true, verb: action.verb, detail, audit: records[0] ?? null, records, keys }
      return await reply.status(keys.length > 0 ? 202 : 200).send(done)
    }
    case 'changed': {
      const message =
        answer.because === 'expired'
          ? 'Expected a confirmation within its time, saw it expired: nothing was done. Read the new preview and confirm that.'
          : 'Expected the world to be as the preview showed it to this caller, saw that it is not: nothing was done. Read the new preview and confirm that.'
      const changed: ActionChanged = { error: { code: 'conflict', message }, ...previewOf(answer.preview) }
      return await reply.status(409).send(changed)
    }
    case 'refused':
      throw refusalOf(answer.refusal)
    case 'busy':
      throw new HttpError(
        'unavailable',
        'The rows in question change faster than this could be written: nothing was done. Ask again.',
      )
  }
}

function refusalOf({ refused, message }: Refusal): HttpError {
  return new HttpError(refused, message)
}

function previewOf({ action, radius, confirm, expiresAt }: Preview): ActionPreview {
  const { verb, ...target } = action
  const preview = { verb, target, radius: radiusOf(radius) }
  return { preview, role: ROLE_OF_VERB[verb], confirm, expires_at: expiresAt }
}

function radiusOf({ notionalUsd, positions, ...rest }: Radius): RadiusAnswer {
  return {
    ...rest,
    positions: positions.map(({ positionId, notionalUsd: value, ...row }) => {
      return { position_id: positionId, ...row, notional_usd: value }
    }),
    notional_usd: notionalUsd,
  }
}

/** What a queue that is away means to the caller. Book failures have their own words. */
async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'RedisUnavailable') throw error
    const message = 'Redis does not answer: ask the same again. What was recorded before stays, and is not done twice.'
    throw Object.assign(new HttpError('unavailable', message), { cause: error })
  }
}
