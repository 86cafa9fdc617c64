/** What somebody should know of an exit that is being booked: that it was an orphan, that the venue states another result. */
import { BrokerUnavailable } from '#brokers/errors.ts'
import { type Closing, settledFeesOf } from '#domain/closing.ts'
import { type DecimalString, decimal, toDecimalString } from '#domain/decimal.ts'
import type { PositionRow } from '#domain/position.ts'
import type { Tools } from './worker.ts'
import { feeCause } from './settle-fees.ts'
import { type AlertCause, type Effects, raised } from './writes.ts'

/** Alerts of one booking; none for an ordinary exit. @throws BookUnavailable */
export async function bookingAlerts(closed: PositionRow, closing: Closing, tools: Tools): Promise<Effects> {
  const causes: AlertCause[] = closing.orphaned ? [orphanCause(closed, closing)] : []
  if (closing.result.provisional) causes.push(feeCause(closed, closing.result))
  const stated = await venueStatement(closed, closing, tools)
  if (stated !== null) causes.push(stated)
  const made = await Promise.all(causes.map((cause) => raised(tools.book, cause, tools.now())))
  return { writes: made.flatMap(({ writes }) => writes), next: made.flatMap(({ next }) => next) }
}

/** The venue's rows carry times of its own; they are looked for this long around the episode, ms. */
const STATED_AROUND_MS = 60_000

/** The venue's own figure is a check on the fills, never a source. What it does not show yet is not checked. */
async function venueStatement(
  row: PositionRow,
  { episode, result }: Closing,
  tools: Tools,
): Promise<AlertCause | null> {
  const { broker } = tools.account(row.account)
  if (!broker.capabilities.statesPnl || episode.closedAt === null) return null
  const closing = episode.exitOrders.map(({ venueOrderId }) => ({ instrument: row.instrument, venueOrderId }))
  const interval = { from: episode.openedAt - STATED_AROUND_MS, through: episode.closedAt + STATED_AROUND_MS }
  const stated = await statedOrUnknown(() => broker.statedPnl(closing, interval), tools)
  const ours = toDecimalString(decimal(result.gross).minus(settledFeesOf(result)))
  if (stated === null || decimal(stated).minus(ours).abs().lt(CENT)) return null
  return {
    severity: 'critical',
    kind: 'pnl-differs',
    account: row.account,
    instrument: row.instrument,
    positionId: row.positionId,
    occurrence: episode.episodeId,
    title: `${row.instrument}: the venue states another result than its fills give`,
    detail: `Fills give ${ours} USD after fees, the venue states ${stated} USD for orders ${closing.map(({ venueOrderId }) => venueOrderId).join(', ')}. Booked is what the fills give; compare with the venue's statement.`,
  }
}

/** Venues round parts of a result; below a cent nothing is wrong. USD. */
const CENT = '0.01'

/** A check that cannot be made now must not hold up the booking that it checks. */
async function statedOrUnknown(ask: () => Promise<DecimalString | null>, tools: Tools): Promise<DecimalString | null> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error
    tools.log.warn({ err: error }, "the venue's own result could not be read; booked unchecked")
    return null
  }
}

function orphanCause(row: PositionRow, { result, cause, episode }: Closing): AlertCause {
  const orders = episode.exitOrders.map((order) => order.venueOrderId).join(', ')
  return {
    severity: 'critical',
    kind: 'orphan',
    account: row.account,
    instrument: row.instrument,
    positionId: row.positionId,
    occurrence: episode.episodeId,
    title: `${row.instrument} position was closed behind the book (${cause.reason})`,
    detail: `The broker is flat; the exit was rebuilt from fills: ${row.side} ${episode.closedSize} at ${episode.exitAverage}, net ${result.net} USD (gross ${result.gross}, fees ${result.fees}, funding ${result.funding}), venue order ${orders}.`,
  }
}
