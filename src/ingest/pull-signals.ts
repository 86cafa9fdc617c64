/**
 * Signals out of a message service. A message is acknowledged only when it is durable in the book or in an alert, so that none is lost
 * and none comes for ever; a repeat meets its own row. While the book does not answer, messages are put off and wait there.
 */
import { BookUnavailable } from '#book/errors.ts'
import { coversStrategy } from '#domain/policy.ts'
import { type Signal, signalSchema } from '#domain/signal.ts'
import type { PulledMessage, SignalSubscription } from '#pubsub/signal-subscription.ts'
import { mistakesOf, mistakeText } from '#validation/mistake.ts'
import { type Acceptance, SignalUnroutable } from './accept-signal.ts'

/** A message that can never be accepted: it becomes an alert, since its sender hears nothing. */
export interface RefusedSignal {
  readonly messageId: string
  /** Of what was sent, as far as it can be read; null otherwise. */
  readonly signalId: string | null
  readonly source: string | null
  /** The message's text, for telling one refusal from another. */
  readonly text: string
  readonly reason: string
}

export interface PullTools {
  readonly subscription: SignalSubscription
  /** Who sends here: what may come this way. `*` is every strategy; source null is any. */
  readonly scope: { readonly sender: string; readonly strategies: readonly string[]; readonly source: string | null }
  /** @throws SignalUnroutable, BookUnavailable */
  acceptSignal(signal: Signal): Promise<Acceptance>
  /** Resolves once the refusal is durable. @throws BookUnavailable */
  refuse(refused: RefusedSignal): Promise<void>
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
  }
  /** Waits, or less when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>
}

/** Messages in hand at once. One that takes longer than the subscription's deadline comes again and meets its own row. */
const BATCH_MAX = 20
/** As over HTTP; Pub/Sub itself would carry 10 MB. */
const MESSAGE_BYTES_MAX = 64 * 1024
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000

/** Pulls until `stop` aborts; resolves when what was in hand has been settled. Never throws. */
export async function pullSignals(tools: PullTools, stop: AbortSignal): Promise<void> {
  let pauseMs = 0
  while (!stop.aborted) {
    if (pauseMs > 0) await tools.pause(pauseMs, stop)
    const isWell = await pullOnce(tools, stop, Math.max(pauseMs, FIRST_PAUSE_MS))
    pauseMs = isWell ? 0 : Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2))
  }
}

/** One batch. False: something did not answer, wait before the next. */
async function pullOnce(tools: PullTools, stop: AbortSignal, putOffMs: number): Promise<boolean> {
  const { subscription, log } = tools
  try {
    const messages = await subscription.pull(BATCH_MAX, stop)
    if (messages.length === 0) return true
    const ends = await settleAll(messages, tools)
    const endedAs = (end: End) => idsOf(messages.filter((message) => (ends.get(message) ?? 'waits') === end))
    const [settled, waiting, failed] = [endedAs('settled'), endedAs('waits'), endedAs('failed')]
    if (settled.length > 0) await subscription.acknowledge(settled)
    if (failed.length > 0) await subscription.postpone(failed, LONGEST_PAUSE_MS)
    if (waiting.length === 0) return true
    await subscription.postpone(waiting, putOffMs)
    log.warn({ subscription: subscription.name, messages: waiting.length }, 'the book does not answer: signals wait')
    return false
  } catch (error) {
    // Whatever it was, nothing unsettled was acknowledged: it comes again and meets its own row.
    log.warn({ subscription: subscription.name, err: error }, 'signals could not be pulled or acknowledged')
    return false
  }
}

/** Durable one way or the other; or the book did not answer; or something is wrong with us, which must not hold up the others. */
type End = 'settled' | 'waits' | 'failed'

/** Those of one ordering key one after another; what is behind one that did not settle is not tried and has no end. */
async function settleAll(messages: readonly PulledMessage[], tools: PullTools): Promise<Map<PulledMessage, End>> {
  const ends = new Map<PulledMessage, End>()
  const lanes = Map.groupBy(messages, ({ orderingKey, ackId }) => (orderingKey === '' ? `ack ${ackId}` : orderingKey))
  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      for (const message of lane) {
        const end = await settle(message, tools)
        ends.set(message, end)
        if (end !== 'settled') return
      }
    }),
  )
  return ends
}

async function settle(message: PulledMessage, tools: PullTools): Promise<End> {
  try {
    const read = readSignal(message, tools.scope)
    const reason = 'reason' in read ? read.reason : await acceptedOr(read.signal, tools)
    if (reason === null) return 'settled'
    const { text, asked } = read
    await tools.refuse({
      messageId: message.messageId,
      signalId: wordOf(asked, 'signal_id'),
      source: wordOf(asked, 'source'),
      text,
      reason,
    })
    return 'settled'
  } catch (error) {
    if (error instanceof BookUnavailable) return 'waits'
    tools.log.warn({ err: error, message_id: message.messageId }, 'a signal could not be taken in: it is put off')
    return 'failed'
  }
}

/** Null when it is durable as a signal, else why it never will be. @throws BookUnavailable */
async function acceptedOr(signal: Signal, tools: PullTools): Promise<string | null> {
  try {
    const { status, signalKey } = await tools.acceptSignal(signal)
    if (status === 'conflict')
      return 'its signal_id was accepted before with other content: the first one stands; give a new decision a new signal_id'
    tools.log.info({ signal_key: signalKey, status, source: signal.source }, 'signal pulled')
    return null
  } catch (error) {
    if (error instanceof SignalUnroutable) return error.message
    throw error
  }
}

type Read = { readonly text: string; readonly asked: unknown } & (
  | { readonly signal: Signal }
  | { readonly reason: string }
)

function readSignal({ data }: PulledMessage, scope: PullTools['scope']): Read {
  const text = new TextDecoder().decode(data.subarray(0, MESSAGE_BYTES_MAX))
  if (data.length > MESSAGE_BYTES_MAX)
    return { text, asked: null, reason: `expected at most ${MESSAGE_BYTES_MAX} bytes, saw ${data.length}` }
  let asked: unknown
  try {
    asked = JSON.parse(text)
  } catch {
    return { text, asked: null, reason: 'expected a signal as JSON, saw a message that is none' }
  }
  const parsed = signalSchema.safeParse(asked)
  if (!parsed.success) return { text, asked, reason: mistakesText(parsed.error.issues, asked) }
  const outside = outsideScope(parsed.data, scope)
  return outside === null ? { text, asked, signal: parsed.data } : { text, asked, reason: outside }
}

function mistakesText(issues: Parameters<typeof mistakesOf>[0], asked: unknown): string {
  return mistakesOf(issues, asked, signalSchema).map(mistakeText).join('; ')
}

function outsideScope(signal: Signal, { sender, strategies, source }: PullTools['scope']): string | null {
  if (!coversStrategy(strategies, signal.strategy)) return `${sender} may not signal for strategy "${signal.strategy}"`
  if (source !== null && signal.source !== source)
    return `expected source "${source}" on this subscription, saw "${signal.source}"`
  return signal.kind === 'flatten' ? 'flatten closes positions of every strategy: send it as an operator' : null
}

function idsOf(messages: readonly PulledMessage[]): string[] {
  return messages.map(({ ackId }) => ackId)
}

/** A short word of what was sent, wherever it can be read. */
function wordOf(asked: unknown, key: string): string | null {
  const value: unknown = asked !== null && typeof asked === 'object' ? Reflect.get(asked, key) : null
  return typeof value === 'string' ? value.slice(0, 128) : null
}
