/** Hands owed work to its queue. It is owed already, so a queue that does not take it costs time only, and whoever asked is told. */
import type { Envelope } from '#domain/message.ts'
import type { OperateTools } from './tools.ts'

/** What to add to the sentence about what was done: nothing when the queue took it. */
export async function hurry(queue: Pick<OperateTools['queue'], 'enqueue'>, envelope: Envelope): Promise<string> {
  try {
    await queue.enqueue(envelope)
    return ''
  } catch {
    return LATER
  }
}

export const LATER = ' The queue did not take the work now; it is owed, and the next sweep queues it.'
