/** A worker process says in the book that it lives, and what it hears: beside every queue, so that it can be missed. */
import { hostname } from 'node:os'
import type { Book } from '#book/book.ts'
import type { Stage } from '#domain/message.ts'
import type { FeedState, HeartbeatRow } from '#domain/records.ts'
import type { Site } from '#queues/site.ts'
import type { Log } from '#workers/worker.ts'

export interface HeartbeatGround {
  readonly book: Book
  readonly log: Log
  readonly now: () => number
  readonly site: Site
  readonly stages: readonly Stage[]
  /** What is heard of its accounts. */
  readonly feeds: () => readonly FeedState[]
}

const BEAT_MS = 10_000

/** Beats every ten seconds; at an orderly end the row goes, so that nobody is missed who has left. */
export async function keepHeartbeat(ground: HeartbeatGround): Promise<AsyncDisposable> {
  const { book, log, now, site, stages, feeds } = ground
  const startedAt = now()
  const id = `${hostname()}-${process.pid}-${startedAt}`.replaceAll(/[^A-Za-z0-9.-]/g, '_')
  let beating: Promise<void> = Promise.resolve()
  const beat = async (): Promise<void> => {
    const row: HeartbeatRow = { process: id, site, stages, accounts: feeds(), startedAt, at: now() }
    try {
      await book.commit([{ op: 'put', kind: 'heartbeats', id, row }])
    } catch (error) {
      log.warn({ err: error }, 'no heartbeat could be written; the next one is tried again')
    }
  }
  const begin = (): void => {
    beating = beating.then(beat)
  }
  begin()
  await beating
  const timer = setInterval(begin, BEAT_MS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await beating
      try {
        await book.commit([{ op: 'delete', kind: 'heartbeats', id }])
      } catch (error) {
        log.warn({ err: error }, 'the last heartbeat could not be taken back; it is forgotten by itself')
      }
    },
  }
}
