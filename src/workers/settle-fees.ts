/**
 * Makes a provisional result final (B22, B23): once every fee is stated and has a rate, the closed position, the ledger's fee rows and
 * the end of the alert are one commit. Run again, late or twice, it finds the result final and changes nothing.
 */
import type { Stored, Write } from '#book/book.ts'
import { type PlannedWrite, sealed } from '#book/seal.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { type FeeTerms, feeRowsOf, realisedOf } from '#domain/closing.ts'
import type { Episode } from '#domain/episode.ts'
import type { Envelope } from '#domain/message.ts'
import { type TokenRate, otherTokensOf } from '#domain/other-fees.ts'
import type { PositionRow, RealisedPnl } from '#domain/position.ts'
import { episodesOf, fillsSince } from './position-episode.ts'
import type { Tools, Verdict } from './worker.ts'
import { type AlertCause, audited, ended, paid, pay } from './writes.ts'

/** Between looks for a rate or a fee that is not known yet, ms. */
const AGAIN_MS = 60_000

/** What is known of the worth of an episode's fees: rates that a result was booked with stay, others are asked for. @throws BookUnavailable */
export async function feeTermsOf(episode: Episode, position: PositionRow, tools: Tools): Promise<FeeTerms> {
  const { broker } = tools.account(position.account)
  const { settlement } = broker.capabilities
  const rates = new Map<string, TokenRate>()
  for (const token of otherTokensOf(episode.fees, settlement)) {
    const rate = bookedRate(position, token) ?? (await askedRate(token, position, tools))
    if (rate !== null) rates.set(token, rate)
  }
  return { settlement, rates }
}

function bookedRate({ realised }: PositionRow, token: string): TokenRate | null {
  const known = realised?.otherFees?.find((fee) => fee.token === token)
  if (known === undefined || known.rate === null || known.source === null || known.ratedAt === null) return null
  return { rate: known.rate, source: known.source, ratedAt: known.ratedAt }
}

/** What the venue does not say now leaves the fee pending; it must not hold up the booking of the exit. */
async function askedRate(token: string, { account }: PositionRow, tools: Tools): Promise<TokenRate | null> {
  try {
    return await tools.account(account).broker.readTokenRate(token)
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error
    tools.log.warn({ err: error, account, token }, 'the rate of a fee could not be read; it stays pending')
    return null
  }
}

/** Looks at the fees of a closed position with a provisional result. @throws BookUnavailable, StaleWrite */
export async function settleFees(envelope: Envelope, position: Stored<PositionRow>, tools: Tools): Promise<Verdict> {
  const { row } = position
  const { realised } = row
  if (realised === null || !realised.provisional) {
    await pay(tools.book, envelope.idempotency_key)
    return { kind: 'done', next: [], detail: 'the result is final' }
  }
  const { settlement } = tools.account(row.account).broker.capabilities
  const episode = episodesOf(row, await fillsSince(tools.book, row), settlement).at(-1)
  const terms = episode === undefined ? null : await feeTermsOf(episode, row, tools)
  const result = episode === undefined || terms === null ? null : realisedOf(episode, [realised.funding], terms)
  const detail = pendingIn(result ?? realised)
  if (result === null || result.provisional) return { kind: 'again', afterMs: AGAIN_MS, detail }
  const now = tools.now()
  const booked = new Set(feeRowsOf(row, realised, now).map(({ ledgerId }) => ledgerId))
  const fees = feeRowsOf(row, result, now).filter(({ ledgerId }) => !booked.has(ledgerId))
  const writes: PlannedWrite[] = [
    {
      op: 'replace',
      kind: 'positions',
      id: position.id,
      revision: position.revision,
      row: { ...row, realised: result, updatedAt: now },
    },
    ...fees.map((fee): Write => ({ op: 'create', kind: 'ledger', id: fee.ledgerId, row: fee })),
    ...(await ended(tools.book, feeCause(row, realised), now)),
    paid(envelope.idempotency_key),
    audited(row.positionId, {
      at: now,
      actor: 'reconcile',
      decision: 'fees final',
      inputs: { result, before: realised, ledger: fees },
    }),
  ]
  await tools.book.commit(sealed(writes))
  return { kind: 'done', next: [], detail: `fees final, net ${result.net} USD` }
}

/** The alert of a result that lacks a fee. */
export function feeCause(row: PositionRow, result: RealisedPnl): AlertCause {
  return {
    severity: 'warning',
    kind: 'fee-pending',
    account: row.account,
    instrument: row.instrument,
    positionId: row.positionId,
    occurrence: 'exit',
    title: `The result of ${row.instrument} is provisional: a fee is pending`,
    detail: `${pendingIn(result)}. Net ${result.net} USD is without it. It is looked at every ${AGAIN_MS / 1000} s and booked once it is known; until then check it with the venue's statement.`,
  }
}

function pendingIn({ otherFees = [] }: RealisedPnl): string {
  const pending = otherFees.filter(({ rate }) => rate === null).map(({ token, amount }) => `${amount} ${token}`)
  return pending.length === 0
    ? 'The venue has not stated the fee of every fill yet'
    : `Nobody states what ${pending.join(' and ')} of fees are worth in USD`
}
