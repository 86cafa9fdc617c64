/**
 * Tells one sink one thing, once: claimed in the book before, recorded in the book after. Whoever tells (a queue's worker, the watchdog of
 * any process) goes this way, so that none tells what another has told or is telling.
 *
 * The only window: a process that dies, or loses the book, between the sink's taking and the record lets it be told again once its claim
 * has run out. The repeat carries the same key, for sinks that know one.
 */
import type { Revision, Write } from '#book/book.ts'
import { type Alerting, AlertNotDelivered } from '#alerting/alerting.ts'
import {
  deliveryAfter,
  deliveryIdOf,
  judgeTelling,
  newDelivery,
  type RepeatTerms,
  type SinkTerms,
  type Telling,
  wasTold,
} from '#domain/alert-telling.ts'
import { tellEnvelope } from '#domain/envelopes.ts'
import type { Envelope } from '#domain/message.ts'
import type { AlertRow, DeliveryRow } from '#domain/records.ts'
import { commitIfFirst } from './commit-if-first.ts'
import { retryStale } from './retry-stale.ts'
import type { Tools } from './worker.ts'

/** Longer than any sink may take, ms. */
const CLAIM_MS = 30_000
/** Somebody else was first: what they did is seen a little later, ms. */
const LOST_RACE_MS = 500

/** What telling needs: no venue and no queue. */
export type TellingTools = Pick<Tools, 'book' | 'now' | 'log'> & { readonly alerting: Alerting }

/** `told`: recorded, with the messages that are owed next. `moot`: there is nothing to tell (any more). */
export type TellResult =
  | { readonly kind: 'told'; readonly next: readonly Envelope[]; readonly detail: string }
  | { readonly kind: 'moot'; readonly detail: string }
  | { readonly kind: 'later'; readonly afterMs: number; readonly detail: string }

/** The writes that go with the record. */
type Closing = (detail: string, next: readonly Envelope[], now: number) => Write[]

/** @throws BookUnavailable */
export async function tellSink(
  alertId: string,
  sink: SinkTerms,
  telling: Telling,
  tools: TellingTools,
  closing: Closing,
): Promise<TellResult> {
  const { book, alerting } = tools
  const id = deliveryIdOf(alertId, sink.name)
  const now = tools.now()
  const [alert, delivery] = await Promise.all([book.load('alerts', alertId), book.load('deliveries', id)])
  if (alert === null) return { kind: 'moot', detail: 'no such alert' }
  const reason = whyNot(alert.row, delivery?.row ?? null, { sink, telling, repeat: alerting.repeat, now })
  if (reason !== null) return reason
  const claimed = await claim(id, { alertId, sink: sink.name }, delivery, tools)
  if (!claimed) return { kind: 'later', afterMs: LOST_RACE_MS, detail: `${sink.name} is being told by another` }
  const failure = await attempt(sink, { ...telling, alert: alert.row }, tools)
  if (failure !== null) {
    await release(id, tools)
    return { kind: 'later', afterMs: failure.quietMs ?? LOST_RACE_MS, detail: failure.message }
  }
  return await record(alert.row, sink, telling, tools, closing)
}

/** Why it is not told now, or null: it is. */
function whyNot(
  alert: AlertRow,
  told: DeliveryRow | null,
  { sink, telling, repeat, now }: { sink: SinkTerms; telling: Telling; repeat: RepeatTerms; now: number },
): TellResult | null {
  // First of all: whoever is telling it records it and says what is next.
  const busyMs = (told?.claim?.until ?? 0) - now
  if (busyMs > 0) return { kind: 'later', afterMs: busyMs, detail: `${sink.name} is being told` }
  if (wasTold(told, telling)) return { kind: 'moot', detail: `${sink.name} was told before` }
  const judged = judgeTelling(alert, told, sink, repeat, now)
  if (judged.kind === 'rest' || !isSame(judged.telling, telling))
    return { kind: 'moot', detail: `nothing more to tell ${sink.name}` }
  if (judged.kind === 'tell') return null
  return { kind: 'later', afterMs: judged.at - now, detail: `${sink.name}: round ${telling.round} is not due yet` }
}

function isSame(a: Telling, b: Telling): boolean {
  return a.event === b.event && (a.event !== 'raised' || a.round === b.round)
}

/** False when somebody else has it. @throws BookUnavailable */
async function claim(
  id: string,
  about: Pick<DeliveryRow, 'alertId' | 'sink'>,
  delivery: { readonly row: DeliveryRow; readonly revision: Revision } | null,
  { book, now }: TellingTools,
): Promise<boolean> {
  const row = { ...(delivery?.row ?? newDelivery(about)), claim: { until: now() + CLAIM_MS } }
  const write: Write =
    delivery === null
      ? { op: 'create', kind: 'deliveries', id, row }
      : { op: 'replace', kind: 'deliveries', id, row, revision: delivery.revision }
  return await commitIfFirst(book, [write])
}

/** What kept the sink from taking it, or null. */
async function attempt(
  sink: SinkTerms,
  notice: Telling & { readonly alert: AlertRow },
  { alerting, log }: TellingTools,
): Promise<AlertNotDelivered | null> {
  try {
    await alerting.tell(sink.name, notice)
    return null
  } catch (error) {
    if (!(error instanceof AlertNotDelivered)) throw error
    if (!error.untried) log.warn({ sink: sink.name, alertId: notice.alert.alertId }, error.message)
    return error
  }
}

/** Lets others try at once; a claim that cannot be taken back runs out by itself. */
async function release(id: string, { book, log }: TellingTools): Promise<void> {
  try {
    await retryStale(async () => {
      const stored = await book.load('deliveries', id)
      if (stored === null) return
      const row = { ...stored.row, claim: null }
      await book.commit([{ op: 'replace', kind: 'deliveries', id, row, revision: stored.revision }])
    })
  } catch (error) {
    log.warn({ err: error, delivery: id }, 'a claim on a delivery could not be taken back; it runs out by itself')
  }
}

async function record(
  { alertId }: AlertRow,
  sink: SinkTerms,
  telling: Telling,
  tools: TellingTools,
  closing: Closing,
): Promise<TellResult> {
  const { book, alerting } = tools
  const about = { alertId, sink: sink.name }
  const id = deliveryIdOf(alertId, sink.name)
  return await retryStale(async () => {
    const now = tools.now()
    const [alert, delivery] = await Promise.all([book.load('alerts', alertId), book.load('deliveries', id)])
    if (alert === null || delivery === null || wasTold(delivery.row, telling))
      return { kind: 'moot', detail: `${sink.name} was told meanwhile` }
    const row = deliveryAfter(delivery.row, about, telling, now)
    const judged = judgeTelling(alert.row, row, sink, alerting.repeat, now)
    const next = judged.kind === 'rest' ? [] : [tellEnvelope(alert.row, sink.name, judged.telling, now)]
    const detail = `${sink.name} was told that it was ${telling.event}`
    await book.commit([
      { op: 'replace', kind: 'deliveries', id, row, revision: delivery.revision },
      // With the alert's revision: what is owed next is only true of the alert as it was read. Its end would be lost otherwise.
      {
        op: 'replace',
        kind: 'alerts',
        id: alertId,
        revision: alert.revision,
        row: { ...alert.row, deliveredAt: alert.row.deliveredAt ?? now },
      },
      ...closing(detail, next, now),
    ])
    return { kind: 'told', next, detail }
  })
}
