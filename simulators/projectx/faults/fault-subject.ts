/** What a fault rule can know of a request, a row or an event. */
import type { OrderRow } from '#simulators/projectx/engine/record.ts'
import type { Venue } from '#simulators/projectx/engine/venue.ts'
import type { FaultSubject } from '#simulators/venue/fault-script.ts'
import type { FaultMatch } from './fault.ts'

export type Subject = FaultSubject<FaultMatch>

/** The subject of a request, from its raw body: nothing in it is checked yet. Costly facts are found only when a rule asks. */
export function requestSubject(venue: Venue, path: string, body: unknown): Subject {
  const filter = field(body, 'filter')
  const accountId = integer(field(body, 'accountId')) ?? integer(field(filter, 'accountId'))
  const orderId = integer(field(body, 'orderId'))
  return {
    path,
    get account() {
      return accountId === undefined ? [] : accountNames(venue, accountId)
    },
    contract: text(field(body, 'contractId')) ?? text(field(filter, 'contractId')),
    get customTag() {
      return text(field(body, 'customTag')) ?? tagOf(venue, accountId, orderId)
    },
    target: undefined,
  }
}

/** The subject of one order in the answer to a request. */
export function orderSubject(request: Subject, { contractId, customTag }: OrderRow): Subject {
  return {
    path: request.path,
    get account() {
      return request.account
    },
    contract: contractId,
    customTag: customTag ?? undefined,
    target: undefined,
  }
}

/** Id and name of an account. */
function accountNames(venue: Venue, accountId: number): readonly string[] {
  const account = venue.oracle.accounts().find(({ id }) => id === accountId)
  return account === undefined ? [String(accountId)] : [String(accountId), account.name]
}

function tagOf(venue: Venue, accountId: number | undefined, orderId: number | undefined): string | undefined {
  if (accountId === undefined || orderId === undefined) return undefined
  const isKnown = venue.oracle.accounts().some(({ id }) => id === accountId)
  if (!isKnown) return undefined
  return venue.account.orders(accountId).find(({ id }) => id === orderId)?.customTag ?? undefined
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function integer(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined
}
