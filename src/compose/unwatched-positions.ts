/**
 * A sweep looks at the accounts of the configuration. Positions of an account that it names no more are looked at by nobody: that is said
 * at every start, until the account is back or its positions have ended (failure case D3).
 */
import type { Book } from '#book/book.ts'
import type { AccountId } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import type { WorkQueue } from '#queues/work-queue.ts'
import { type AlertCause, ended, raiseAlone } from '#workers/writes.ts'

export interface UnwatchedTools {
  readonly book: Book
  readonly queue: Pick<WorkQueue, 'enqueue'>
  /** Every account of the configuration, of whatever site. */
  readonly config: { readonly accounts: readonly { readonly id: AccountId }[] }
  now(): number
}

/** Raises one critical alert per account with open positions that the configuration does not name; ends those of accounts that are back. @throws BookUnavailable, RedisUnavailable */
export async function raiseUnwatched(tools: UnwatchedTools): Promise<void> {
  const { book, config } = tools
  const configured = config.accounts.map(({ id }) => id)
  const open = (await book.list('positions', { where: { open: true } })).map(({ row }) => row)
  for (const account of new Set(open.map((row) => row.account))) {
    if (configured.includes(account)) continue
    const unwatched = open.filter((row) => row.account === account)
    const next = await raiseAlone(book, causeOf(account, unwatched, configured), tools.now())
    for (const envelope of next) await tools.queue.enqueue(envelope)
  }
  const back = await Promise.all(configured.map((account) => ended(book, causeOf(account, [], []), tools.now())))
  if (back.flat().length > 0) await book.commit(back.flat())
}

function causeOf(account: AccountId, positions: readonly PositionRow[], configured: readonly AccountId[]): AlertCause {
  const held = positions.map(
    ({ side, size, instrument, positionId }) => `${side} ${size} ${instrument} (${positionId})`,
  )
  return {
    severity: 'critical',
    kind: 'account-unconfigured',
    account,
    instrument: null,
    positionId: null,
    occurrence: 'positions',
    title: `Open positions of ${account} are watched by nobody`,
    detail: `The book holds ${held.join(', ')}; the configuration names ${configured.join(', ')}. Name ${account} again until they have ended, and look at the venue by hand.`,
  }
}
