/** The shape of one /info request type: how it is parsed, what it weighs, how it is answered. */
import type { z } from 'zod'
import type { Venue, AccountReads } from '#simulators/hyperliquid/engine/venue.ts'

/** What answers are made from. `account` may be a stale view when a fault says so. */
export interface InfoContext {
  readonly venue: Venue
  readonly account: AccountReads
  /** userRateLimit of an account. */
  readonly rateLimit: (user: string) => object
  /** Base fees as fractions of notional. */
  readonly fees: { readonly taker: string; readonly maker: string }
}

/** An info request type, ready to answer. */
export interface InfoRequest {
  /** REST weight before rows (reference section 6). */
  readonly weight: number
  /** Rows that cost one more weight; absent when rows are free. */
  readonly rowsPerWeight?: number
  /** Answers a raw request; undefined when it does not fit the type. */
  answer(raw: unknown, context: InfoContext): { readonly body: unknown } | undefined
}

/** Thrown by an answer when the venue itself fails on the request: HTTP 500 `null`. */
export class InfoFailure extends Error {
  override readonly name = 'InfoFailure'
}

/** Defines an info request type. */
export function infoRequest<Schema extends z.ZodType>(
  definition: { readonly schema: Schema; readonly weight?: number; readonly rowsPerWeight?: number },
  respond: (request: z.output<Schema>, context: InfoContext) => unknown,
): InfoRequest {
  return {
    weight: definition.weight ?? 20,
    ...(definition.rowsPerWeight === undefined ? {} : { rowsPerWeight: definition.rowsPerWeight }),
    answer(raw, context) {
      const parsed = definition.schema.safeParse(raw)
      return parsed.success ? { body: respond(parsed.data, context) } : undefined
    },
  }
}
