/**
 * Accepts a signal: durable and deduplicated before it is acknowledged. The creation of the signal row IS the acceptance; a
 * repeat finds the row and returns the first outcome, the same key with other content is a conflict.
 */
import type { Book, Write } from '#book/book.ts'
import { StaleWrite } from '#book/errors.ts'
import {
  type AccountId,
  type PositionId,
  type SignalKey,
  idempotencyKeyOf,
  payloadHashOf,
  positionIdOf,
  signalKeyOf,
} from '#domain/ids.ts'
import { routeEnvelope } from '#domain/envelopes.ts'
import type { Envelope } from '#domain/message.ts'
import { coversStrategy } from '#domain/policy.ts'
import type { Outcome, SignalRow } from '#domain/records.ts'
import type { Signal } from '#domain/signal.ts'
import type { WorkQueue } from '#queues/work-queue.ts'

/** What the sender is told; `outcome` is null until the account's route has decided. */
export interface Acceptance {
  readonly status: 'accepted' | 'repeated' | 'conflict'
  readonly signalKey: SignalKey
  readonly accounts: readonly {
    readonly account: AccountId
    readonly positionId: PositionId
    readonly outcome: Outcome | null
  }[]
}

/** The signal names no account that this installation trades; nothing was recorded. */
export class SignalUnroutable extends Error {
  override readonly name = 'SignalUnroutable'
}

export interface IngestTools {
  readonly book: Book
  readonly queue: Pick<WorkQueue, 'enqueue'>
  /** Every account of the configuration with the strategies it takes (`*` takes all). */
  readonly accounts: readonly { readonly account: AccountId; readonly strategies: readonly string[] }[]
  /** Told when the job could not be queued; the sweep will queue it from the outbox. */
  onEnqueueFailed(error: unknown, envelope: Envelope): void
  /** Runs the acceptance, e.g. as the beginning of a trace; answers what it answered. Default: only runs it. */
  observe?(row: SignalRow, accept: () => Promise<Acceptance>): Promise<Acceptance>
}

/**
 * `alongside`: writes that are made if and only if this accepts it. @throws SignalUnroutable; StaleWrite when one of those is outdated;
 * BookUnavailable (then nothing was acknowledged and the sender repeats)
 */
export async function acceptSignal(
  tools: IngestTools,
  signal: Signal,
  now: number,
  alongside: readonly Write[] = [],
): Promise<Acceptance> {
  const row = signalRowOf(tools, signal, now)
  const accept = (): Promise<Acceptance> => accepted(tools, row, now, alongside)
  return await (tools.observe?.(row, accept) ?? accept())
}

async function accepted(
  tools: IngestTools,
  row: SignalRow,
  now: number,
  alongside: readonly Write[],
): Promise<Acceptance> {
  const { signal } = row
  const envelopes = row.accounts.map((account, index) =>
    routeEnvelope({ positionId: row.positionIds[index] as PositionId, account }, row.signalKey, signal.source, now),
  )
  try {
    await tools.book.commit([
      { op: 'create', kind: 'signals', id: row.signalKey, row },
      ...envelopes.map((envelope) => ({
        op: 'create' as const,
        kind: 'outbox' as const,
        id: envelope.idempotency_key,
        row: { envelope, stage: envelope.stage, createdAt: now },
      })),
      ...alongside,
    ])
  } catch (error) {
    if (!(error instanceof StaleWrite)) throw error
    return await firstAcceptance(tools.book, row)
  }
  await Promise.all(
    envelopes.map((envelope) =>
      tools.queue.enqueue(envelope).catch((error: unknown) => tools.onEnqueueFailed(error, envelope)),
    ),
  )
  return { status: 'accepted', signalKey: row.signalKey, accounts: targets(row, []) }
}

/** What became of an accepted signal, per account; null when the key is unknown. @throws BookUnavailable */
export async function readAcceptance(book: Book, signalKey: SignalKey): Promise<Acceptance | null> {
  const stored = await book.load('signals', signalKey)
  return stored === null
    ? null
    : { status: 'accepted', signalKey, accounts: targets(stored.row, await outcomes(book, stored.row)) }
}

function signalRowOf(tools: IngestTools, signal: Signal, now: number): SignalRow {
  const known = new Set(tools.accounts.map((entry) => entry.account))
  const unknown = (signal.accounts ?? []).filter((account) => !known.has(account))
  if (unknown.length > 0) {
    throw new SignalUnroutable(
      `accounts: expected only configured accounts (${[...known].join(', ')}), saw ${unknown.join(', ')}.`,
    )
  }
  const routed = tools.accounts.filter((entry) => coversStrategy(entry.strategies, signal.strategy))
  const accounts = [...new Set(signal.accounts ?? routed.map((entry) => entry.account))]
  if (accounts.length === 0) {
    throw new SignalUnroutable(
      `strategy: no account takes signals of strategy "${signal.strategy}"; route it in the configuration or name accounts.`,
    )
  }
  const signalKey = signalKeyOf(signal.source, signal.signal_id)
  return {
    signalKey,
    signal,
    payloadHash: payloadHashOf(signal),
    accounts,
    positionIds: accounts.map((account) => positionIdOf(signalKey, account)),
    receivedAt: now,
  }
}

async function firstAcceptance(book: Book, attempted: SignalRow): Promise<Acceptance> {
  const stored = await book.load('signals', attempted.signalKey)
  if (stored === null) throw new StaleWrite('signals', attempted.signalKey)
  const status = stored.row.payloadHash === attempted.payloadHash ? 'repeated' : 'conflict'
  return { status, signalKey: attempted.signalKey, accounts: targets(stored.row, await outcomes(book, stored.row)) }
}

async function outcomes(book: Book, row: SignalRow): Promise<(Outcome | null)[]> {
  const read = async (discriminator?: string): Promise<(Outcome | null)[]> => {
    const keys = row.positionIds.map((positionId) => idempotencyKeyOf(positionId, 'route', discriminator))
    return (await book.loadMany('processed', keys)).map((stored) => stored?.row.outcome ?? null)
  }
  const first = await read()
  if (row.signal.kind !== 'reverse') return first
  // Its second half, the opposite entry, is decided after the exit.
  const second = await read('reversed')
  return first.map((outcome, index) => second[index] ?? outcome)
}

function targets(row: SignalRow, known: readonly (Outcome | null)[]): Acceptance['accounts'] {
  return row.accounts.map((account, index) => ({
    account,
    positionId: row.positionIds[index] as PositionId,
    outcome: known[index] ?? null,
  }))
}
