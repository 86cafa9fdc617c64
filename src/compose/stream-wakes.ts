/**
 * Turns the venue's hints into wake-ups: marks are remembered, fills and orders bring the monitor jobs of the positions they
 * may concern forward. A missed hint costs one interval of the monitor, never correctness.
 */
import type { Book } from '#book/book.ts'
import type { Hint } from '#brokers/broker.ts'
import { type AccountId, idempotencyKeyOf, type InstrumentId } from '#domain/ids.ts'
import type { WorkQueue } from '#queues/work-queue.ts'
import type { Log } from '#workers/worker.ts'
import type { LiveAccount } from './trading-account.ts'

export interface StreamTools {
  readonly book: Book
  readonly queue: Pick<WorkQueue, 'wake'>
  readonly log: Log
}

/** Watches an account until disposed. */
export function watchAccount(account: LiveAccount, tools: StreamTools): AsyncDisposable {
  const wakes = new MonitorWakes(account.policy.account, tools)
  const id = account.policy.account
  const stream = account.broker.watch((hint: Hint) => {
    switch (hint.kind) {
      case 'mark':
        account.noteMarks(hint.marks)
        return
      case 'fills':
      case 'orders':
        account.noteChange()
        wakes.ask(hint.instruments)
        return
      case 'connected':
        tools.log.info({ account: id, detail: hint.detail }, 'venue stream connected')
        account.noteChange()
        // What happened while it was away was not told: look at everything.
        wakes.ask([])
        return
      case 'disconnected':
        account.noteSilence()
        tools.log.warn({ account: id, detail: hint.detail }, 'venue stream lost')
    }
  })
  return {
    async [Symbol.asyncDispose]() {
      await stream[Symbol.asyncDispose]()
      await wakes.settled()
    },
  }
}

/** Wakes monitors with one look at the book for all hints that came meanwhile. */
class MonitorWakes {
  readonly #account: AccountId
  readonly #tools: StreamTools
  #asked = new Set<InstrumentId>()
  #all = false
  #running: Promise<void> | null = null

  constructor(account: AccountId, tools: StreamTools) {
    this.#account = account
    this.#tools = tools
  }

  /** No instruments: all of the account's open positions. */
  ask(instruments: readonly InstrumentId[]): void {
    if (instruments.length === 0) this.#all = true
    for (const instrument of instruments) this.#asked.add(instrument)
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
  }

  async settled(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#all || this.#asked.size > 0) {
      const instruments = this.#all ? null : this.#asked
      this.#all = false
      this.#asked = new Set()
      try {
        await this.#wake(instruments)
      } catch (error) {
        this.#tools.log.warn(
          { account: this.#account, err: error },
          'a hint of the venue could not be passed on; monitors look by themselves',
        )
      }
    }
  }

  async #wake(instruments: ReadonlySet<InstrumentId> | null): Promise<void> {
    const open = await this.#tools.book.list('positions', { where: { account: this.#account, open: true } })
    const concerned = open.filter(({ row }) => instruments === null || instruments.has(row.instrument))
    for (const { row } of concerned) {
      await this.#tools.queue.wake('monitor', idempotencyKeyOf(row.positionId, 'monitor'), this.#account)
    }
  }
}
