/**
 * Adopt, ignore and unignore: what is wanted of a position that the book does not know, written into its account's row. The sweep, which
 * asks the broker, acts on it; nothing here does. An ignored position keeps entries locked, and the lock says who ignores it and why.
 */
import type { Write } from '#book/book.ts'
import { ending, owed } from '#workers/writes.ts'
import { type AccountRow, type AdoptionRequest, type IgnoredPosition, without } from '#domain/account.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'
import { adoptRadius, ignoreRadius, unignoreRadius } from '#domain/operator/stranger-verbs.ts'
import { strangerOn } from '#domain/operator/strangers.ts'
import { sweepEnvelope } from '#queues/repeated-work.ts'
import { accountHolder } from './chain.ts'
import { hurry } from './hurry.ts'
import { recordOf, sealedWithRefs } from './record.ts'
import type { StoredView } from './tools.ts'
import type { Verb } from './verb.ts'

export const adopt: Verb<'adopt'> = {
  radius: adoptRadius,
  async perform(action, view, order, { book, queue }) {
    const { account, instrument, strategy } = action
    const { by, at, why } = order
    const stranger = strangerOn(account, instrument, view)
    if (stranger === null) throw new RangeError(`Expected an unexpected position on ${instrument}, saw none.`)
    const { side, size } = stranger
    const request: AdoptionRequest = { by, at, why, strategy, shown: { side, size }, refused: null }
    const holder = accountHolder(account, view, at)
    const next = sweepEnvelope(account, 'demand', at)
    const change = {
      before: { adopting: holder.before?.adopting?.[instrument] ?? null },
      after: { adopting: request },
    }
    const { writes, records } = sealedWithRefs([
      holder.write((row) => ({ ...row, adopting: { ...row.adopting, [instrument]: request }, updatedAt: at })),
      ...owed([next], at),
      recordOf(action, holder.about, change, order),
    ])
    await book.commit(writes)
    const later = await hurry(queue, next)
    const detail = `The adoption of ${instrument} at ${account} is asked for; the sweep that runs now decides by the fills.`
    return { detail: `${detail}${later}`, records, keys: [next.idempotency_key] }
  },
}

export const ignore: Verb<'ignore'> = {
  radius: ignoreRadius,
  async perform(action, view, order, { book }) {
    const { account, instrument } = action
    const { by, at, why } = order
    const stranger = strangerOn(account, instrument, view)
    if (stranger === null) throw new RangeError(`Expected an unexpected position on ${instrument}, saw none.`)
    const { side, size } = stranger
    const entry: IgnoredPosition = { side, size, by, at, why }
    const holder = accountHolder(account, view, at)
    const lock = {
      reason: `${by} ignores ${side} ${size} that the book does not know: ${why}`,
      since: at,
      alertId: null,
    }
    const change = {
      before: { ignored: null, lock: holder.before?.locks[instrument] ?? null },
      after: { ignored: entry, lock },
    }
    const { writes, records } = sealedWithRefs([
      holder.write((row) => ({
        ...row,
        ignored: { ...row.ignored, [instrument]: entry },
        locks: { ...row.locks, [instrument]: lock },
        updatedAt: at,
      })),
      ...endedAlerts(account, instrument, view, at),
      recordOf(action, holder.about, change, order),
    ])
    await book.commit(writes)
    return {
      detail: `${side} ${size} ${instrument} at ${account} is ignored; its entries stay locked.`,
      records,
      keys: [],
    }
  },
}

export const unignore: Verb<'unignore'> = {
  radius: unignoreRadius,
  async perform(action, view, order, { book, queue }) {
    const { account, instrument } = action
    const { by, at, why } = order
    const holder = accountHolder(account, view, at)
    const next = sweepEnvelope(account, 'demand', at)
    const lock = { reason: `${by} ignores the position no longer: ${why}`, since: at, alertId: null }
    const change = { before: { ignored: holder.before?.ignored?.[instrument] ?? null }, after: { ignored: null, lock } }
    const { writes, records } = sealedWithRefs([
      holder.write((row: AccountRow) => ({
        ...row,
        ignored: without(row.ignored, instrument),
        locks: { ...row.locks, [instrument]: lock },
        updatedAt: at,
      })),
      ...owed([next], at),
      recordOf(action, holder.about, change, order),
    ])
    await book.commit(writes)
    const later = await hurry(queue, next)
    const detail = `${instrument} at ${account} is no longer ignored; the sweep that runs now tells what still stands.`
    return { detail: `${detail}${later}`, records, keys: [next.idempotency_key] }
  },
}

/** What was told of the position ends with its ignoring. */
function endedAlerts(account: AccountId, instrument: InstrumentId, { alerts }: StoredView, now: number): Write[] {
  return alerts
    .filter(({ row }) => row.kind === 'unexpected-position' && row.account === account && row.instrument === instrument)
    .flatMap((alert) => ending(alert, now))
}
