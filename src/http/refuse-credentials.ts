/** Keeps our own tokens out of the book: what a request says in its address or body is stored and shown, a token there is disclosed. */
import type { FastifyRequest } from 'fastify'
import type { Secret } from '#config/secret.ts'
import { concealerOf } from '#domain/conceal.ts'
import type { Tokens } from './callers.ts'
import { HttpError } from './http-error.ts'

/** A hook for after the body was parsed; `others` are secrets that open other doors of ours. @throws HttpError 400 */
export function refuseCredentials(
  tokens: Tokens,
  others: readonly Secret[],
): (request: FastifyRequest) => Promise<void> {
  const conceal = concealerOf(
    [...[...tokens.operators, ...tokens.signals].map(({ token }) => token), ...others].map((one) => one.reveal()),
  )
  return async (request) => {
    const text = `${request.url} ${textOf(request.body)}`
    if (conceal(text) === text) return
    throw new HttpError(
      'invalid',
      'Expected no token of this server in address or body, saw one: it would be stored and shown. Replace that token, it may be in logs on the way here.',
    )
  }
}

function textOf(body: unknown): string {
  try {
    return JSON.stringify(body ?? null)
  } catch (error) {
    // Only nesting without end cannot be written again.
    if (error instanceof RangeError) throw new HttpError('invalid', 'Expected a body of few levels, saw thousands.')
    throw error
  }
}
