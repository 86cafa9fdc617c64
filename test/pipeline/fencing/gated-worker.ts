/**
 * A worker process that a test holds at gates, freezes, cuts from its book and deceives about the time. Argument: configuration file.
 * It is told what to do over the channel to its parent, and ends with it.
 */
import type { Book, Write } from '#book/book.ts'
import { BookUnavailable } from '#book/errors.ts'
import { loadConfig } from '#config/load-config.ts'
import { STAGES } from '#domain/message.ts'
import { createLog } from '#telemetry/log.ts'
import { type Truebook, startTruebook } from '#compose.ts'
import { type Gate, type Order, type Report, stands } from './gate.ts'

const [file = ''] = process.argv.slice(2)
const gates = new Map<Gate, PromiseWithResolvers<void>>()
let committing = 0
let freezing = false
let away = false
let clockOffsetMs = 0
let truebook: Truebook | undefined

function tell(report: Report): void {
  process.send?.(report)
}

/** Resolves when no gate holds the commit any more; with the gate that did, if one did. */
async function passed(moment: Gate['moment'], writes: readonly Write[]): Promise<Gate | undefined> {
  const found = [...gates].find(([gate]) => stands(gate, moment, writes))
  if (found === undefined) return undefined
  const [gate, released] = found
  tell({ report: 'held', gate: gate.name })
  await released.promise
  return gate
}

function open(name: string): void {
  for (const [gate, released] of gates) {
    if (gate.name !== name) continue
    gates.delete(gate)
    released.resolve()
  }
}

function freezeAtRest(): void {
  if (freezing && committing === 0) {
    freezing = false
    process.kill(process.pid, 'SIGSTOP')
  }
}

function gated(book: Book): Book {
  const reach = (): Book => {
    if (away) throw new BookUnavailable('Cut from the book by the test.')
    return book
  }
  const commit = async (writes: readonly Write[]): ReturnType<Book['commit']> => {
    committing += 1
    try {
      return await reach().commit(writes)
    } finally {
      committing -= 1
      // What follows this commit runs first, so that the stop comes at a moment like any other.
      setImmediate(freezeAtRest)
    }
  }
  return {
    load: async (kind, id) => await reach().load(kind, id),
    loadMany: async (kind, ids) => await reach().loadMany(kind, ids),
    list: async (kind, query) => await reach().list(kind, query),
    close: () => book.close(),
    async commit(writes) {
      const gate = await passed('before', writes)
      try {
        const revisions = await commit(writes)
        if (gate !== undefined) tell({ report: 'ended', gate: gate.name, outcome: 'committed' })
        await passed('after', writes)
        return revisions
      } catch (error) {
        if (gate !== undefined) tell({ report: 'ended', gate: gate.name, outcome: (error as Error).name })
        throw error
      }
    },
  }
}

async function obey(order: Order): Promise<void> {
  switch (order.order) {
    case 'start':
      for (const gate of order.gates) gates.set(gate, Promise.withResolvers())
      truebook = await startTruebook(
        loadConfig(file),
        { stages: STAGES, api: false },
        {
          log: createLog({ level: 'error', secrets: [] }),
          now: () => Date.now() + clockOffsetMs,
          aroundBook: gated,
        },
      )
      return tell({ report: 'up' })
    case 'release':
      return open(order.gate)
    case 'freeze':
      freezing = true
      return freezeAtRest()
    case 'book':
      away = order.away
      return
    case 'clock':
      clockOffsetMs = order.offsetMs
      return
    case 'say-running': {
      const stages = (await truebook?.trading?.workers.health()) ?? []
      return tell({ report: 'running', jobs: stages.reduce((sum, { running }) => sum + running, 0) })
    }
  }
}

process.on('message', (order: Order) => void obey(order))
process.on('disconnect', () => process.exit())
