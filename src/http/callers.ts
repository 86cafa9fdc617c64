/**
 * Who is asking. Bearer tokens are compared in constant time over their SHA-256, all of them for every attempt, so that
 * neither length nor position of a match shows. Signal tokens send signals for their strategies; people read, operate or administer.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Secret } from '#config/secret.ts'
import { coversStrategy } from '#domain/policy.ts'
import { HttpError } from './http-error.ts'

/** Tokens below this length can be guessed and are refused at start. */
const SHORTEST_TOKEN = 16

/** What people may do, each including the one before: read; hold back or reduce at once; everything. */
export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Somebody who looks at this server or operates it. */
export interface Person {
  readonly role: Role
  readonly name: string
}

/** An authenticated caller. */
export type Caller =
  | { readonly role: 'signals'; readonly name: string; readonly strategies: readonly string[] }
  | Person

/** Who sends signals: shows `token` as a bearer token, or signs with it. */
export interface SignalSender {
  readonly name: string
  readonly proof: 'bearer' | 'hmac'
  readonly token: Secret
  readonly strategies: readonly string[]
}

/** The tokens this server accepts. */
export interface Tokens {
  readonly signals: readonly SignalSender[]
  /** People by the name that stands in audit records; at least one is an admin. */
  readonly operators: readonly (Person & { readonly token: Secret })[]
}

/** Thrown at start for a token too short to be one, or two callers with one token. */
export class UnusableToken extends Error {
  override readonly name = 'UnusableToken'
}

/** Recognises callers by their `Authorization` header. */
export interface CallerTable {
  /** Null when the header is missing, malformed or names no known token. */
  recognise(authorization: string | undefined): Caller | null
  /** The person whose token this is, or null. */
  personOf(token: string): Person | null
}

/** Prepares the comparison. @throws UnusableToken */
export function createCallerTable(tokens: Tokens): CallerTable {
  const entries = [
    ...tokens.operators.map(({ name, role, token }) => ({ caller: { role, name } as Caller, token, bearer: true })),
    ...tokens.signals.map((entry) => ({
      bearer: entry.proof === 'bearer',
      caller: { role: 'signals', name: entry.name, strategies: entry.strategies } as Caller,
      token: entry.token,
    })),
  ].map(({ caller, token, bearer }) => ({ caller, bearer, digest: digestOf(checkedToken(caller.name, token)) }))
  const repeated = entries.find((entry, index) =>
    entries.some((other, at) => at < index && other.digest.equals(entry.digest)),
  )
  if (repeated !== undefined) {
    throw new UnusableToken(`Expected a token of its own for ${repeated.caller.name}, saw the token of another caller.`)
  }
  const callerWith = (presented: string): Caller | null => {
    const digest = digestOf(presented)
    let found: Caller | null = null
    // A secret to sign with is no token to show: it opens nothing by itself.
    for (const entry of entries) if (timingSafeEqual(entry.digest, digest) && entry.bearer) found = entry.caller
    return found
  }
  return {
    recognise(authorization) {
      const presented = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1]
      return presented === undefined ? null : callerWith(presented)
    },
    personOf(token) {
      const caller = callerWith(token)
      return caller === null || caller.role === 'signals' ? null : caller
    },
  }
}

const callers = new WeakMap<FastifyRequest, Caller>()

/** Remembers who made a request; set once by the authentication hook. */
export function setCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller)
}

/** The same; null while nobody was authenticated, for logs. */
export function knownCaller(request: FastifyRequest): Caller | null {
  return callers.get(request) ?? null
}

/** Who made a request. @throws HttpError when nobody was authenticated */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (caller === undefined) throw new HttpError('unauthorized', 'Expected a bearer token, saw none.')
  return caller
}

/** Whether a caller is a person with at least this role. */
export function atLeast(caller: Caller, role: Role): boolean {
  return caller.role !== 'signals' && ROLES.indexOf(caller.role) >= ROLES.indexOf(role)
}

/** Whether a caller may send signals of a strategy: its senders, and admins, since a signal adds exposure. */
export function maySignalFor(caller: Caller, strategy: string): boolean {
  return caller.role === 'signals' ? coversStrategy(caller.strategies, strategy) : atLeast(caller, 'admin')
}

/** Whether a caller may read what became of the signals of a strategy: its senders, and everybody who reads the book. */
export function maySeeSignalsOf(caller: Caller, strategy: string): boolean {
  return caller.role === 'signals' ? coversStrategy(caller.strategies, strategy) : atLeast(caller, 'viewer')
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function checkedToken(name: string, token: Secret): string {
  const value = token.reveal()
  if (value.length >= SHORTEST_TOKEN && /^[\x21-\x7e]+$/.test(value)) return value
  throw new UnusableToken(
    `Expected the token of ${name} to have at least ${SHORTEST_TOKEN} printable characters without blanks, saw another. Make one: openssl rand -hex 32`,
  )
}
