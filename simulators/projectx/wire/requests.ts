/**
 * Bodies of requests (reference C4). Fields unknown or misspelt are ignored, an absent integer is zero, enums are integers and
 * prices numbers: a text in their place is malformed.
 */
import { z } from 'zod'
import { Decimal } from '#domain/decimal.ts'
import { parseTimestamp } from './timestamp.ts'

const integer = z.int()
const absentIsZero = integer.default(0)
const absentIsFalse = z.boolean().default(false)

/** JSON numbers come through JSON.parse; their shortest text is what the client wrote, up to 15 digits. */
const price = z
  .number()
  .nullish()
  .transform((value) => (value == null ? null : new Decimal(value)))

const moment = z.string().transform((text, context) => {
  const parsed = parseTimestamp(text)
  if (parsed !== undefined) return parsed
  context.addIssue({ code: 'custom', message: 'The JSON value could not be converted to System.DateTimeOffset.' })
  return z.NEVER
})
const optionalMoment = moment.nullish().transform((value) => value ?? null)

const account = { accountId: absentIsZero }
const contract = { contractId: z.string().default('') }
const bracket = z
  .object({ ticks: absentIsZero, type: absentIsZero })
  .nullish()
  .transform((value) => value ?? null)

/** A missing start is the beginning of time, as an absent date is on the venue's platform. */
const range = { startTimestamp: optionalMoment, endTimestamp: optionalMoment }

/** One schema a path. */
export const REQUESTS = {
  login: z.object({ userName: z.string().default(''), apiKey: z.string().default('') }),
  accounts: z.object({ onlyActiveAccounts: absentIsFalse }),
  contracts: z.object({ searchText: z.string().default(''), live: absentIsFalse }),
  available: z.object({ live: absentIsFalse }),
  contract: z.object(contract),
  place: z.object({
    ...account,
    ...contract,
    type: absentIsZero,
    side: absentIsZero,
    size: absentIsZero,
    limitPrice: price,
    stopPrice: price,
    trailPrice: price,
    customTag: z
      .string()
      .nullish()
      .transform((value) => value ?? null),
    stopLossBracket: bracket,
    takeProfitBracket: bracket,
  }),
  modify: z.object({
    ...account,
    orderId: absentIsZero,
    size: integer.nullish().transform((value) => value ?? null),
    limitPrice: price,
    stopPrice: price,
    trailPrice: price,
  }),
  order: z.object({ ...account, orderId: absentIsZero }),
  accountRange: z.object({ ...account, ...range }),
  account: z.object(account),
  close: z.object({ ...account, ...contract }),
  partialClose: z.object({ ...account, ...contract, size: absentIsZero }),
  orderQuery: z.object({
    filter: z.object({
      accountId: integer.positive(),
      statuses: z.array(integer.min(0).max(8)).nullish(),
      contractId: z.string().nullish(),
      createdAfter: optionalMoment,
      createdBefore: optionalMoment,
    }),
    // More than a page holds is not refused: the page is just shorter than asked for.
    pageSize: integer.min(1).default(100),
    pageOffset: integer.min(0).default(0),
    sortBy: integer.min(0).max(1).default(0),
    sortDirection: integer.min(0).max(1).default(0),
    includeTotalCount: absentIsFalse,
  }),
  bars: z.object({
    ...contract,
    live: absentIsFalse,
    startTime: optionalMoment,
    endTime: optionalMoment,
    unit: absentIsZero,
    unitNumber: absentIsZero,
    limit: absentIsZero,
    includePartialBar: absentIsFalse,
  }),
} as const
