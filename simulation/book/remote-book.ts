/** The one book as a process sees it over a network: every operation is a boundary, and may go wrong on its way. */
import type { Book } from '#book/book.ts'
import { BookUnavailable } from '#book/errors.ts'
import type { Actor } from '#simulation/kernel/actor.ts'
import type { Kernel } from '#simulation/kernel/kernel.ts'
import type { Links } from '#simulation/kernel/links.ts'

/** How long a lost answer is waited for, ms. */
const PATIENCE_MS = 5_000

export interface BookHost {
  readonly actor: Actor
  readonly book: Book
}

export function remoteBook(process: Actor, host: BookHost, { kernel, links }: { kernel: Kernel; links: Links }): Book {
  const ask = <T>(label: string, work: () => Promise<T>): Promise<T> =>
    kernel.call({
      from: process,
      to: host.actor,
      label: `book ${label}`,
      work,
      passage: () => links.passage(process, host.actor),
      failure: (passage) => new BookUnavailable(`The simulated book did not answer: ${passage}.`),
      patienceMs: PATIENCE_MS,
    })
  const { book } = host
  return {
    load: (kind, id) => ask(`load ${kind}`, () => book.load(kind, id)),
    loadMany: (kind, ids) => ask(`loadMany ${kind}`, () => book.loadMany(kind, ids)),
    list: (kind, query) => ask(`list ${kind}`, () => book.list(kind, query)),
    commit: (writes) => ask('commit', () => book.commit(writes)),
    close: () => Promise.resolve(),
  }
}
