/** The book of a storm: how processes reach it, how it is made to fail, and a way to read it that no failure touches. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { openFirestoreBook } from '#book/firestore/open.ts'
import { endWithUs } from '#embedded/end-with-us.ts'
import { type TcpProxy, openTcpProxy } from '#simulators/network/tcp-proxy.ts'
import { startFirestoreEmulator } from '#test/support/firestore-emulator.ts'
import type { BookKind } from './plan.ts'

type Pause = (ms: number) => Promise<void>

export interface BookBox {
  /** The `book` section of the configuration file. */
  readonly config: Readonly<Record<string, unknown>>
  /** Environment of one more process that is to reach the book, by a way of its own. */
  way(): Promise<Readonly<Record<string, string>>>
  readonly book: Book
  /** The network between everybody and the book fails, or a lock stands in their way. */
  stop(forMs: number, draw: number, pause: Pause): Promise<void>
  /** The book itself stands still. */
  freeze(forMs: number, pause: Pause): Promise<void>
  /** Ends what is left of a failure. */
  repair(): void
  close(): Promise<void>
}

export async function openBookBox(kind: BookKind, dir: string): Promise<BookBox> {
  return kind === 'embedded' ? await embedded(dir) : await firestore()
}

async function embedded(dir: string): Promise<BookBox> {
  const file = join(dir, 'book.sqlite')
  const book = await openEmbeddedBook({ file })
  const hold = async (forMs: number): Promise<void> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'hold-book.ts'), file, String(forMs)])
    endWithUs(child, 'SIGKILL')
    await once(child, 'exit')
  }
  return {
    config: { type: 'embedded', file },
    way: async () => await Promise.resolve({}),
    book,
    stop: hold,
    freeze: hold,
    repair: () => undefined,
    close: () => book.close(),
  }
}

const PROJECT = 'truebook-storm'

async function firestore(): Promise<BookBox> {
  const given = process.env['FIRESTORE_EMULATOR_HOST']
  // One of our own: it is going to be stopped, which would disturb whoever shares another.
  delete process.env['FIRESTORE_EMULATOR_HOST']
  const emulator = await startFirestoreEmulator()
  if (given !== undefined) process.env['FIRESTORE_EMULATOR_HOST'] = given
  const { host, processId } = emulator
  if (processId === null) throw new TypeError('Expected an emulator of our own, saw one that somebody else runs.')
  const end = (): void => void process.kill(processId, 'SIGKILL')
  process.once('exit', end)
  const config = { type: 'firestore', project_id: PROJECT, prefix: 'storm' } as const
  const book = await openFirestoreBook({ projectId: PROJECT, prefix: config.prefix, emulatorHost: host })
  const port = Number(host.split(':')[1])
  const ways: TcpProxy[] = []
  return {
    config,
    async way() {
      const proxy = await openTcpProxy({ port })
      ways.push(proxy)
      return { FIRESTORE_EMULATOR_HOST: `127.0.0.1:${proxy.port}` }
    },
    book,
    async stop(forMs, draw, pause) {
      for (const proxy of ways) proxy.mode(draw < 0.5 ? 'black-hole' : 'refuse')
      await pause(forMs)
      for (const proxy of ways) proxy.mode('pass')
    },
    async freeze(forMs, pause) {
      process.kill(processId, 'SIGSTOP')
      await pause(forMs)
      process.kill(processId, 'SIGCONT')
    },
    repair() {
      for (const proxy of ways) proxy.mode('pass')
      process.kill(processId, 'SIGCONT')
    },
    async close() {
      await book.close()
      for (const proxy of ways) await proxy.close()
      process.off('exit', end)
      process.kill(processId, 'SIGCONT')
      await emulator.stop()
    },
  }
}
