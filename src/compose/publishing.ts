/** The book as this installation uses it: with a topic configured, every decision is owed to it. */
import type { Book } from '#book/book.ts'
import { withPublication } from '#book/with-publication.ts'
import type { Config } from '#config/config.ts'
import type { WorkQueue } from '#queues/work-queue.ts'
import type { Log } from '#workers/worker.ts'

export interface PublishingTools {
  readonly config: Pick<Config, 'pubsub'>
  readonly queue: Pick<WorkQueue, 'enqueue'>
  readonly log: Log
}

/** Without a topic the book is left as it is: nobody would ever pay the debts. */
export function publishing(book: Book, { config, queue, log }: PublishingTools): Book {
  if ((config.pubsub?.events ?? null) === null) return book
  return withPublication(book, (envelope) => {
    queue.enqueue(envelope).catch((error: unknown) => {
      log.debug(
        { err: error, idempotency_key: envelope.idempotency_key },
        'to be published, not queued: the sweep will',
      )
    })
  })
}
