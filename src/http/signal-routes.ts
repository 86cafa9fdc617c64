/** The door for signals. Nothing is acknowledged before it is durable; a repeat hears the first outcome. */
import type { FastifyInstance } from 'fastify'
import type { Book } from '#book/book.ts'
import type { SignalKey } from '#domain/ids.ts'
import { type Signal, signalSchema } from '#domain/signal.ts'
import { type Acceptance, readAcceptance } from '#ingest/accept-signal.ts'
import { signalAnswer } from './answers.ts'
import { notAllowed } from './authentication.ts'
import { atLeast, type Caller, callerOf, maySeeSignalsOf, maySignalFor } from './callers.ts'
import { HttpError, parseBody } from './http-error.ts'
import { operation } from './operation.ts'
import type { AccountOutcome, SignalAnswer } from './wire.ts'

export interface SignalTools {
  readonly book: Book
  /** Records the signal durably or throws; repeats and conflicts are answers. */
  acceptSignal(signal: Signal): Promise<Acceptance>
}

const SEND = operation({
  summary: 'Send a signal; it is durable when this answers',
  access: 'signals',
  body: signalSchema,
  answers: {
    200: { what: 'This very signal was accepted before: its first outcome.', schema: signalAnswer },
    202: { what: 'Accepted.', schema: signalAnswer },
  },
  errors: ['conflict'],
})
const OUTCOME = operation({
  summary: 'What became of a signal, per account',
  access: 'signals',
  path: { key: 'Signal key, as answered to the signal.' },
  answers: { 200: { what: 'The outcome so far.', schema: signalAnswer } },
  errors: ['invalid', 'not_found'],
})

/** `POST /v1/signals` and `GET /v1/signals/:key`. */
export function signalRoutes(server: FastifyInstance, tools: SignalTools): void {
  server.post('/v1/signals', SEND, async (request, reply) => {
    const signal = parseBody(signalSchema, request.body)
    checkScope(callerOf(request), signal)
    const acceptance = await tools.acceptSignal(signal)
    if (acceptance.status === 'conflict') {
      throw new HttpError(
        'conflict',
        `Signal "${signal.signal_id}" of source "${signal.source}" was accepted before with other content. ` +
          'The first one stands; give a new decision a new signal_id.',
        { path: 'signal_id', expected: 'the first content, or a new signal_id', seen: 'other content' },
      )
    }
    return reply.status(acceptance.status === 'accepted' ? 202 : 200).send(answerOf(acceptance))
  })

  server.get<{ Params: { key: string } }>('/v1/signals/:key', OUTCOME, async (request) => {
    const key = request.params.key as SignalKey
    if (!/^sig-[0-9a-f]{40}$/.test(key))
      throw new HttpError('invalid', 'Expected a signal key such as sig-<40 hex digits>.')
    const stored = await tools.book.load('signals', key)
    const acceptance = stored === null ? null : await readAcceptance(tools.book, key)
    // Another caller's signal reads like none at all.
    if (stored === null || acceptance === null || !maySeeSignalsOf(callerOf(request), stored.row.signal.strategy)) {
      throw new HttpError('not_found', `No signal ${key} is known.`)
    }
    return answerOf(acceptance)
  })
}

function checkScope(caller: Caller, signal: Signal): void {
  if (caller.role !== 'signals' && !atLeast(caller, 'admin')) throw notAllowed(caller, 'admin')
  if (!maySignalFor(caller, signal.strategy)) {
    throw new HttpError('forbidden', `The token of ${caller.name} may not signal for strategy "${signal.strategy}".`, {
      path: 'strategy',
    })
  }
  if (signal.kind === 'flatten' && !atLeast(caller, 'admin')) {
    throw new HttpError(
      'forbidden',
      'Flatten closes positions of every strategy: send it with the token of an admin.',
      {
        path: 'kind',
      },
    )
  }
}

function answerOf(acceptance: Acceptance): SignalAnswer {
  return {
    signal_key: acceptance.signalKey,
    accounts: acceptance.accounts.map(({ account, positionId, outcome }): AccountOutcome => ({
      account,
      position_id: positionId,
      status: outcome?.result ?? 'pending',
      ...(outcome !== null && { detail: outcome.detail }),
      ...(outcome?.gate !== undefined && { gate: outcome.gate }),
      ...(outcome?.limit !== undefined && { limit: outcome.limit }),
      ...(outcome?.observed !== undefined && { observed: outcome.observed }),
      ...(outcome?.sizing !== undefined && { sizing: outcome.sizing }),
    })),
  }
}
