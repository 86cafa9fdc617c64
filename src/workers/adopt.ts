/**
 * Makes an unexpected position the book's, for the sweep, which has just looked at the broker twice: one commit of position, reservation,
 * the end of lock and alert, and the records. What the fills do not prove is refused; the reason stands in the account's row and records.
 */
import type { Stored, Write } from '#book/book.ts'
import { activeAlertsAt } from '#book/frequent-queries.ts'
import { sealed } from '#book/seal.ts'
import { type AccountRow, type AdoptionRequest, without } from '#domain/account.ts'
import type { AdoptionVerdict } from '#domain/adoption.ts'
import { signedSize } from '#domain/comparison.ts'
import { type DecimalString, decimal } from '#domain/decimal.ts'
import { monitorEnvelope } from '#domain/envelopes.ts'
import type { Episode } from '#domain/episode.ts'
import type { AccountId, InstrumentId } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import type { Finding } from '#domain/records.ts'
import type { AccountView } from './account-view.ts'
import { heldIn, judge } from './adoption-evidence.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'
import { auditedOf, ending, owed } from './writes.ts'

/** What the sweep saw. */
export interface AdoptionLooks {
  readonly view: AccountView
  /** Standing in both looks. */
  readonly findings: readonly Finding[]
}

export interface Adoptions {
  /** Instruments whose unexpected position is the book's now. */
  readonly adopted: readonly InstrumentId[]
  /** One sentence a request that was decided. */
  readonly told: readonly string[]
  readonly next: readonly Envelope[]
}

/** Decides every adoption that is asked for at an account. @throws BrokerUnavailable, BookUnavailable */
export async function decideAdoptions(account: AccountId, looks: AdoptionLooks, tools: Tools): Promise<Adoptions> {
  const stored = await tools.book.load('accounts', account)
  const made = { adopted: [] as InstrumentId[], told: [] as string[], next: [] as Envelope[] }
  for (const instrument of Object.keys(stored?.row.adopting ?? {})) {
    const answer = await retryStale(async () => await decideOne(account, instrument, looks, tools))
    if (answer === null) continue
    made.told.push(answer.told)
    if (answer.next === null) continue
    made.adopted.push(instrument)
    made.next.push(answer.next)
  }
  return made
}

interface Answer {
  readonly told: string
  /** The monitor of the position that was adopted; null: none was. */
  readonly next: Envelope | null
}

async function decideOne(
  account: AccountId,
  instrument: InstrumentId,
  { view, findings }: AdoptionLooks,
  tools: Tools,
): Promise<Answer | null> {
  const stored = await tools.book.load('accounts', account)
  const request = stored?.row.adopting?.[instrument]
  if (stored === null || request === undefined) return null
  const isFlat = decimal(heldIn(view, instrument)).isZero()
  if (isFlat) return await settle(stored, instrument, { reason: 'the broker is flat there', ends: true }, tools)
  if (request.refused !== null) return null
  const other = otherThanShown(request, heldIn(view, instrument))
  if (other !== null) return await settle(stored, instrument, { reason: other, ends: false }, tools)
  const isUnexpected = findings.some(({ kind, instrument: on }) => kind === 'unexpected-position' && on === instrument)
  const ignored = stored.row.ignored?.[instrument] !== undefined
  const { verdict, episode } = await judge(account, { instrument, request, view }, tools)
  if (verdict.kind === 'refused')
    return await settle(stored, instrument, { reason: verdict.reason, ends: false }, tools)
  // Two looks that differ: it is being traded right now.
  if (!isUnexpected && !ignored) return null
  return await adopt(stored, { request, verdict, episode }, tools)
}

/** Why what the broker holds is not what was shown to whoever asked; null: it is. */
function otherThanShown({ shown }: AdoptionRequest, held: DecimalString): string | null {
  if (shown === undefined || signedSize(shown).eq(held)) return null
  return `the broker holds ${held}, the adoption was asked for ${shown.side} ${shown.size}; ask again for what stands now`
}

/** Ends a request without an adoption: for good, or as refused, with the reason for whoever asked. */
async function settle(
  { id, row, revision }: Stored<AccountRow>,
  instrument: InstrumentId,
  { reason, ends }: { readonly reason: string; readonly ends: boolean },
  tools: Tools,
): Promise<Answer> {
  const now = tools.now()
  const request = row.adopting?.[instrument]
  const others = without(row.adopting, instrument)
  const adopting =
    ends || request === undefined ? others : { ...others, [instrument]: { ...request, refused: { at: now, reason } } }
  const decision = ends ? 'adoption ended' : 'adoption refused'
  await tools.book.commit(
    sealed([
      { op: 'replace', kind: 'accounts', id, revision, row: { ...row, adopting, updatedAt: now } },
      auditedOf(
        { kind: 'accounts', id },
        { at: now, actor: 'sweep', decision, inputs: { instrument, reason, request } },
      ),
    ]),
  )
  return { told: `${decision.replace('adoption', `adoption of ${instrument}`)}: ${reason}`, next: null }
}

interface Proven {
  readonly request: AdoptionRequest
  readonly verdict: Extract<AdoptionVerdict, { readonly kind: 'adopted' }>
  readonly episode: Episode | null
}

async function adopt(
  { id, row, revision }: Stored<AccountRow>,
  { request, verdict, episode }: Proven,
  tools: Tools,
): Promise<Answer> {
  const now = tools.now()
  const { position, exposure } = verdict
  const { positionId, instrument, side, size, entryAverage } = position
  const account: AccountRow = {
    ...row,
    exposures: { ...row.exposures, [instrument]: exposure },
    locks: without(row.locks, instrument),
    ignored: without(row.ignored, instrument),
    adopting: without(row.adopting, instrument),
    updatedAt: now,
  }
  const next = monitorEnvelope(position, 'sweep', now)
  const { by, at, why } = request
  const fills = [...new Set(episode?.legs.map(({ fill }) => fill.fillId))]
  const inputs = {
    instrument,
    positionId,
    side,
    size,
    entryAverage,
    request: { by, at, why },
    lock: row.locks[instrument],
  }
  const record = { at: now, actor: 'sweep', decision: 'adopted' }
  await tools.book.commit(
    sealed([
      { op: 'replace', kind: 'accounts', id, revision, row: account },
      { op: 'create', kind: 'positions', id: positionId, row: position },
      ...owed([next], now),
      ...(await endedAlerts(id, instrument, now, tools)),
      auditedOf({ kind: 'positions', id: positionId }, { ...record, inputs: { ...inputs, fills } }),
      auditedOf({ kind: 'accounts', id }, { ...record, inputs }),
    ]),
  )
  return { told: `adopted ${side} ${size} ${instrument} as ${positionId}`, next }
}

/** What was said of a position that nobody knew ends with its adoption. */
async function endedAlerts(
  account: AccountId,
  instrument: InstrumentId,
  now: number,
  { book }: Tools,
): Promise<Write[]> {
  const active = await book.list('alerts', activeAlertsAt(account))
  const over = active.filter(({ row }) => row.kind === 'unexpected-position' && row.instrument === instrument)
  return over.flatMap((alert) => ending(alert, now))
}
