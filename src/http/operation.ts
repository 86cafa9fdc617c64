/**
 * What a route says of itself, beside its handler: who may call it, what it takes, what it answers. `operation` turns that into route options, so that
 * the role in the published document is the role that is checked. A test walks all routes and fails for one that says nothing.
 */
import type { FastifyContextConfig, onRequestAsyncHookHandler } from 'fastify'
import type { z } from 'zod'
import { requireRole } from './authentication.ts'
import type { Role } from './callers.ts'
import type { ErrorCode } from './wire.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route of this server has one. */
    operation?: Operation
  }
}

/** One answer that is a success; its schema where it is JSON. */
export interface OperationAnswer {
  readonly what: string
  readonly schema?: z.ZodType
  /** Default `application/json`; null: no body. */
  readonly type?: string | null
}

export interface Operation {
  /** One line, e.g. "Positions of the book". */
  readonly summary: string
  /** `public`: everybody. `signals`: signal senders for their strategies, and people. Else people with at least this role. */
  readonly access: 'public' | 'signals' | Role
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** Default `application/json`. */
  readonly bodyType?: string
  /** Members of the path and what they are, e.g. `{ id: 'Position id.' }`. */
  readonly path?: Readonly<Record<string, string>>
  readonly answers: Readonly<Record<number, OperationAnswer>>
  /** What can go wrong beyond what every route of its kind refuses (invalid, unauthorized, forbidden, too_many_requests). */
  readonly errors?: readonly ErrorCode[]
  /** Left out of the published document: pages and files for browsers, and what Bull Board brings. */
  readonly hidden?: boolean
  /** Its pages cannot send a header of ours: of changes by cookie only the browser's own word is asked, see own-page.ts. */
  readonly withoutCsrf?: boolean
  /** Probes reach it by address. */
  readonly anyHost?: boolean
}

/** Route options that carry the description and enforce its role; to be spread where a route has further options. */
export function operation(described: Operation): {
  readonly config: FastifyContextConfig
  readonly onRequest: onRequestAsyncHookHandler[]
} {
  const { access } = described
  const onRequest = access === 'public' || access === 'signals' ? [] : [requireRole(access)]
  return { config: { operation: described }, onRequest }
}
