/** What every route that lists rows of the book shares: its parameters, which accounts it means, and how it is described. */
import { z } from 'zod'
import type { Book } from '#book/book.ts'
import { HttpError } from './http-error.ts'
import { operation } from './operation.ts'

export interface ListingTools {
  readonly book: Book
  /** Every account of the configuration. */
  readonly accountIds: readonly string[]
}

const whole = (pattern: RegExp, what: string) => z.string().regex(pattern, what).transform(Number)

/** How many rows at the most; so many where nobody says. */
export function limitOf(usual: number): z.ZodType<number, string | undefined> {
  return whole(/^[1-9]\d{0,3}$/, 'a whole number from 1 to 9999').prefault(String(usual))
}

/** Left out: every account. */
export const accountParameter = z.string().min(1).max(64).optional()
/** A bound in time, inclusive; left out: none. */
export const instantParameter = whole(/^\d{1,15}$/, 'ms since epoch').optional()

/** The description of a route that lists rows; `schema` is of its whole answer. */
export function listing(summary: string, schema: z.ZodType, query?: z.ZodType): ReturnType<typeof operation> {
  return operation({
    summary,
    access: 'viewer',
    ...(query !== undefined && { query }),
    answers: { 200: { what: 'The rows as the book holds them.', schema } },
  })
}

/** The account that was asked for, or all. @throws HttpError for one that this installation does not have */
export function accountsAsked(id: string | undefined, { accountIds }: ListingTools): readonly string[] {
  if (id === undefined) return accountIds
  if (accountIds.includes(id)) return [id]
  const expected = accountIds.join(', ')
  const details = { path: 'account', expected, seen: id }
  throw new HttpError('invalid', `account: expected one of ${expected}, saw "${id}".`, details)
}
