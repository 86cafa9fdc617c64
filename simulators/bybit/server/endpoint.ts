/** The shape of a REST endpoint: who may call it, how often, and what it answers. */
import type { z } from 'zod'
import { badParameter } from '#simulators/bybit/engine/refusal.ts'
import type { Answer } from '#simulators/bybit/wire/envelope.ts'
import type { ApiKey } from './api-keys.ts'
import type { RequestSubject, VenueContext } from './venue-context.ts'

/** A request as its handler sees it: signed for `account`, parameters read. */
export interface SignedRequest {
  readonly context: VenueContext
  readonly key: ApiKey
  readonly account: string
  readonly query: URLSearchParams
  readonly body: unknown
  readonly subject: RequestSubject
}

/** A private endpoint. */
export interface PrivateEndpoint {
  readonly method: 'GET' | 'POST'
  /** Requests a second and account. */
  readonly limit: number
  /** Permission of the group ContractTrade that a key needs; null for any key. */
  readonly permission: 'Order' | 'Position' | 'read' | null
  readonly answer: (request: SignedRequest) => Answer
}

/** A public endpoint. */
export interface PublicEndpoint {
  readonly answer: (context: VenueContext, query: URLSearchParams) => Answer
}

/** Parses a body, or refuses it the venue's way, and hands it on. */
export function withBody<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
  act: (body: z.output<Schema>) => Answer,
): Answer {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return act(parsed.data)
  const [issue] = parsed.error.issues
  return badParameter(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'invalid'}`)
}
