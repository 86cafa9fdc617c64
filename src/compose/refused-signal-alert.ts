/** A pulled signal that can never be accepted: its sender hears nothing, so people do. */
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

/** One alert for one content, however often it comes. @throws BookUnavailable: then nothing is durable yet */
export async function raiseRefused(tools: RefusalTools, refused: RefusedSignal): Promise<void> {
  const { subscription, sender, book, queue } = tools
  const { messageId, signalId, source, text, reason } = refused
  const named = signalId === null ? `Message ${messageId}` : `Signal ${JSON.stringify(signalId)}`
  const next = await raiseAlone(
    book,
    {
      severity: 'warning',
      kind: 'signal-refused',
      account: '*',
      instrument: null,
      positionId: null,
      occurrence: factIdOf('refused', subscription, text, reason),
      title: `A signal of ${sender} was refused`,
      detail: `${named} of source ${source === null ? 'unknown' : JSON.stringify(source)} on subscription ${subscription}: ${reason}. It was taken off the subscription.`,
    },
    tools.now(),
  )
  for (const envelope of next)
    await queue.enqueue(envelope).catch((error: unknown) => tools.onEnqueueFailed(error, envelope))
}
