/**
 * In-trade discipline: what one look at a position asks for. Pure: (book row, broker snapshot, fills, mark, now) -> decision.
 * It asks for exits, stops and cancels; it never books a result and never concludes "flat" by itself.
 */
import { type Decimal, decimal, toDecimalString } from './decimal.ts'
import type { Episode } from './episode.ts'
import { type EntryState, settleEntry, signedResidual } from './entry-settlement.ts'
import type { ClientOrderId } from './ids.ts'
import { clientOrderIdOf } from './ids.ts'
import type { Instrument } from './instrument.ts'
import type { BrokerOrder, IntentRow } from './order.ts'
import type { PacePolicy } from './policy.ts'
import type { ExitReason, PositionRow } from './position.ts'
import { type WantedStop, bestMarkOf, planProtection, wantedStopOf } from './protection.ts'

/** A position leaves its contract this long before the last trading instant, ms: time for a second leg, before liquidity goes. */
export const EXPIRY_LEAD_MS = 30 * 60_000
/** After this long without the fills of an entry that has ended somebody should know, ms. */
const UNPROVEN_ALERT_MS = 60_000

export interface MonitorInputs {
  readonly position: PositionRow
  /** Null when the venue lists it no more. */
  readonly instrument: Instrument | null
  readonly pace: PacePolicy
  /** Every intent of this position. */
  readonly intents: readonly IntentRow[]
  readonly openOrders: readonly BrokerOrder[]
  /** The venue's record of the entry; only read while it is not settled. */
  readonly entryRecord: BrokerOrder | null
  readonly stopRecord: BrokerOrder | null
  /** Whether two stops may stand at once (the venue has reduce-only orders). */
  readonly stopsStack: boolean
  /** The episode this position's fills made so far; null while there is none. */
  readonly episode: Episode | null
  /** Contracts of its entry in the fills, whatever they did. */
  readonly entered: Decimal
  readonly brokerSize: Decimal
  /** Signed position that all fills of the instrument leave, whoever made them. */
  readonly left: Decimal
  /** Null when the venue prices it no more. */
  readonly mark: Decimal | null
  readonly now: number
}

export interface MonitorDecision {
  /** The row with what was learnt; the same object when nothing changed that is worth a commit. */
  readonly position: PositionRow
  readonly cancel: readonly ClientOrderId[]
  readonly placeStop: WantedStop | null
  readonly exit: ExitReason | null
  /** An exit is wanted, the broker still holds the position and no exit is on its way: another leg is due. */
  readonly exitDue: boolean
  /** The broker is flat or the episode has ended: fills must tell the rest. */
  readonly reconcile: boolean
  /** The fills do not account for what the venue says of entry or position: some may be told late. */
  readonly unexplained: boolean
  /** The entry has stood unexplained for so long that somebody should know. */
  readonly unprovenAlert: boolean
  /** The entry ended without any exposure. */
  readonly neverFilled: boolean
  /** Exposure has stood without a native stop for longer than the policy allows. */
  readonly nakedAlert: boolean
  /** What somebody should know of the contract held: trading has moved to the next one, or the venue does not list or price it any more. */
  readonly contract: 'rolled' | 'unlisted' | null
}

export function decideMonitor(inputs: MonitorInputs): MonitorDecision {
  const entryId = clientOrderIdOf(inputs.position.positionId, 'entry', 0)
  if (inputs.position.entrySettled) return decideOpen(inputs, inputs.position)
  const entry = settleEntry({
    entryId,
    record: inputs.entryRecord,
    episode: inputs.episode,
    entered: inputs.entered,
    brokerSize: inputs.brokerSize,
    left: inputs.left,
  })
  if (entry.kind !== 'settled') return decideEntering(inputs, entry, entryId)
  if (entry.filled.isZero()) return { ...quiet(inputs.position), neverFilled: true, cancel: liveStops(inputs) }
  return decideOpen(inputs, openedPosition(inputs))
}

function quiet(position: PositionRow): MonitorDecision {
  return {
    position,
    cancel: [],
    placeStop: null,
    exit: null,
    exitDue: false,
    reconcile: false,
    unexplained: false,
    unprovenAlert: false,
    neverFilled: false,
    nakedAlert: false,
    contract: null,
  }
}

function decideEntering(inputs: MonitorInputs, entry: EntryState, entryId: ClientOrderId): MonitorDecision {
  const { position, episode, brokerSize, now } = inputs
  const sized = withSize(position, episode, now)
  if (entry.kind !== 'working') {
    const ended = episode?.status === 'closed' && brokerSize.isZero()
    const since = inputs.entryRecord?.statusAt ?? position.createdAt
    return { ...quiet(sized), reconcile: ended, unexplained: true, unprovenAlert: now - since >= UNPROVEN_ALERT_MS }
  }
  const cancel = isUnwanted(position, now) && !cancelTargets(inputs.intents).has(entryId) ? [entryId] : []
  const exposed = episode?.status === 'open' && signedResidual(episode).eq(brokerSize)
  if (!exposed) return { ...quiet(sized), cancel }
  // A resting entry that filled in part is exposure already: its attached stop sleeps until the parent ends.
  const protection = protect(inputs, { ...sized, openedAt: episode.openedAt })
  return { ...protection, exit: null, cancel: [...protection.cancel, ...cancel] }
}

/** Whether a resting entry is to end: late, asked for by an operator, or overtaken by an exit. */
function isUnwanted({ cancelEntry, exit, createdAt, discipline }: PositionRow, now: number): boolean {
  return cancelEntry !== undefined || exit !== null || now - createdAt >= discipline.entryTimeoutMs
}

function openedPosition({ position, episode, now }: MonitorInputs): PositionRow {
  return {
    ...position,
    state: position.exit === null ? 'open' : 'closing',
    entrySettled: true,
    openedAt: episode?.openedAt ?? now,
    updatedAt: now,
  }
}

function decideOpen(inputs: MonitorInputs, base: PositionRow): MonitorDecision {
  const { episode, brokerSize, now } = inputs
  const sized = withSize(base, episode, now)
  const gone = brokerSize.isZero() || brokerSize.isNegative() === (base.side === 'long') || episode?.status === 'closed'
  if (gone) return { ...quiet(sized), reconcile: true }
  // Fills and position are two reads: act on sizes only once they agree.
  if (!signedResidual(episode).eq(brokerSize)) return { ...quiet(sized), unexplained: true }
  const exiting = inputs.intents.some((intent) => intent.event === 'exit' && !intent.settled)
  return { ...protect(inputs, sized), exitDue: sized.exit !== null && !exiting }
}

function protect(inputs: MonitorInputs, sized: PositionRow): MonitorDecision {
  const { instrument, mark, now } = inputs
  if (instrument === null || mark === null)
    return { ...quiet(sized), exit: exitReasonNow(sized, inputs, null), contract: 'unlisted' }
  const best = bestMarkOf(sized, mark)
  const wanted = wantedStopOf(sized, best, instrument)
  const protection = planProtection({
    ...inputs,
    position: sized,
    instrument,
    mark,
    wanted,
    stopPending: inputs.intents.some((intent) => intent.event === 'stop' && !intent.settled),
    stopRetryAt: stopRetryAt(inputs.intents),
    cancelPending: cancelTargets(inputs.intents),
  })
  const row = withNakedClock(sized, wanted !== null && !protection.confirmed, now)
  // The best mark is stored when it has an effect at the venue; between two steps it is re-found from the marks.
  // While an exit is wanted nothing is placed, so nothing is written: the exit's own commit must not lose races to looks.
  const leaving = sized.exit !== null || (sized.reducing ?? null) !== null
  const place = leaving ? null : protection.place
  const keepBest = row.bestMark === null || place !== null
  return {
    ...quiet(keepBest ? { ...row, bestMark: toDecimalString(best), updatedAt: now } : row),
    cancel: protection.cancel,
    placeStop: place,
    exit: exitReasonNow(sized, inputs, protection.breached),
    nakedAlert: row.nakedSince !== null && now - row.nakedSince >= inputs.pace.nakedAlertMs,
    contract: instrument.rollsAt !== null && now >= instrument.rollsAt ? 'rolled' : null,
  }
}

function withSize(base: PositionRow, episode: Episode | null, now: number): PositionRow {
  if (episode === null) return base
  if (
    base.size === episode.residual &&
    base.entryAverage === episode.entryAverage &&
    base.exitAverage === episode.exitAverage
  )
    return base
  return {
    ...base,
    size: episode.residual,
    entryAverage: episode.entryAverage,
    exitAverage: episode.exitAverage,
    updatedAt: now,
  }
}

function withNakedClock(row: PositionRow, naked: boolean, now: number): PositionRow {
  if (naked) return row.nakedSince === null ? { ...row, nakedSince: nakedFrom(row, now), updatedAt: now } : row
  const stop = row.nativeStop
  const confirm = stop !== null && stop.confirmedAt === null ? { ...stop, confirmedAt: now } : stop
  if (row.nakedSince === null && confirm === stop) return row
  const nakedMs = row.nakedMs + (row.nakedSince === null ? 0 : now - row.nakedSince)
  return { ...row, nativeStop: confirm, nakedSince: null, nakedMs, updatedAt: now }
}

/** A position whose only stop was never seen has been naked from the start; one that was protected before is so from now on. */
function nakedFrom(row: PositionRow, now: number): number {
  const stops = row.orders.filter((order) => order.event === 'stop').length
  const seenBefore = stops > 1 || (row.nativeStop !== null && row.nativeStop.confirmedAt !== null)
  return seenBefore ? now : (row.openedAt ?? now)
}

/** Whether the contract ends so soon that nothing may stand in it any more. */
function isExpiring(instrument: Instrument | null, now: number): boolean {
  const expiresAt = instrument?.expiresAt ?? null
  return expiresAt !== null && now >= expiresAt - EXPIRY_LEAD_MS
}

/** The first reason stands: an exit that was asked for is not asked for again. */
function exitReasonNow(
  position: PositionRow,
  { instrument, mark, now }: MonitorInputs,
  breached: WantedStop | null,
): ExitReason | null {
  if (position.exit !== null) return null
  if (breached !== null) return breached.byTrail ? 'trail' : 'stop_loss'
  if (isExpiring(instrument, now)) return 'expiry'
  const { takeProfit, maxHoldMs } = position.discipline
  if (takeProfit !== null && mark !== null && (position.side === 'long' ? mark.gte(takeProfit) : mark.lte(takeProfit)))
    return 'take_profit'
  if (maxHoldMs !== null && position.openedAt !== null && now - position.openedAt >= maxHoldMs) return 'timeout'
  return null
}

/** Pause after a refused stop, ms, doubled by each further refusal in a row: what a venue refuses for good would use its request budget up. */
const STOP_RETRY_MS = 2000
const STOP_RETRY_MAX_MS = 60_000

/** From when on another stop may be placed, ms; null when the venue did not refuse the last one. */
function stopRetryAt(intents: readonly IntentRow[]): number | null {
  const settled = intents.filter((intent) => intent.event === 'stop' && intent.settled)
  const newestFirst = settled.toSorted((a, b) => b.leg - a.leg)
  const accepted = newestFirst.findIndex((intent) => intent.state === 'accepted')
  const refusals = accepted === -1 ? newestFirst.length : accepted
  const last = newestFirst[0]
  if (last === undefined || refusals === 0) return null
  return last.updatedAt + Math.min(STOP_RETRY_MS * 2 ** (refusals - 1), STOP_RETRY_MAX_MS)
}

/** Targets of cancels on their way. */
function cancelTargets(intents: readonly IntentRow[]): ReadonlySet<ClientOrderId> {
  const pending = intents.filter((intent) => !intent.settled)
  return new Set(pending.flatMap(({ command }) => (command.type === 'cancel-order' ? [command.target] : [])))
}

/** Stops of this position that still rest at the venue although it has nothing to protect. */
export function liveStops({
  position,
  openOrders,
  intents,
}: Pick<MonitorInputs, 'position' | 'openOrders' | 'intents'>): ClientOrderId[] {
  const ours = new Set(position.orders.map((order) => order.clientOrderId))
  const targets = cancelTargets(intents)
  return openOrders.flatMap(({ clientOrderId }) =>
    clientOrderId !== null && ours.has(clientOrderId) && !targets.has(clientOrderId) ? [clientOrderId] : [],
  )
}

/** Whether a stop's trigger price came from the trail rather than the hard stop. */
export function isTrailStop(position: PositionRow, triggerPrice: string): boolean {
  const { stopLoss, trail } = position.discipline
  return trail !== null && (stopLoss === null || !decimal(stopLoss).eq(triggerPrice))
}
