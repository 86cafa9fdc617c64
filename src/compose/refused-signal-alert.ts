/** A pulled signal that can never be accepted: its sender hears nothing, so people do. */
import { activeAlerts } from '#book/frequent-queries.ts'
import { factIdOf } from '#domain/ids.ts'
import type { IngestTools } from '#ingest/accept-signal.ts'
import type { RefusedSignal } from '#ingest/pull-signals.ts'
import { raiseAlone } from '#workers/writes.ts'

export interface RefusalTools extends Pick<IngestTools, 'book' | 'queue' | 'onEnqueueFailed'> {
  /** Where it came from. */
  readonly subscription: string
  readonly sender: string
  now(): number
}

/** A sender in a loop whose every message is another mistake must not push other alerts out of sight: from so many on, one stands for the rest. */
const STANDING_MAX = 50
/** The newest alerts among which those are counted. */
const LOOKED_AT = 200

/** One alert for one content, however often it comes, until there are too many. @throws BookUnavailable: then nothing is durable yet */
export async function raiseRefused(tools: RefusalTools, refused: RefusedSignal): Promise<void> {
  const { subscription, sender, book, queue } = tools
  const { messageId, signalId, source, text, reason } = refused
  const standing = await book.list('alerts', activeAlerts(LOOKED_AT))
  const isFlood = standing.filter(({ row }) => row.kind === 'signal-refused').length >= STANDING_MAX
  const named = signalId === null ? `Message ${messageId}` : `Signal ${JSON.stringify(signalId)}`
  const next = await raiseAlone(
    book,
    {
      severity: 'warning',
      kind: 'signal-refused',
      account: '*',
      instrument: null,
      positionId: null,
      occurrence: isFlood ? `many ${subscription}` : factIdOf('refused', subscription, text, reason),
      title: isFlood ? `Many different signals of ${sender} are refused` : `A signal of ${sender} was refused`,
      detail: `${named} of source ${source === null ? 'unknown' : JSON.stringify(source)} on subscription ${subscription}: ${reason}. It was taken off the subscription.`,
    },
    tools.now(),
  )
  for (const envelope of next)
    await queue.enqueue(envelope).catch((error: unknown) => tools.onEnqueueFailed(error, envelope))
}
