/** The part of the book's contract that is about several writers at once, and about one that dies in the middle. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import type { Book, Write } from '#book/book.ts'
import { StaleWrite } from '#book/errors.ts'
import type { StoreFactory } from './book-contract.ts'
import { increment } from './increment-process.ts'
import { createSigner, cursor, put, signer } from './rows.ts'
import { type StoreSpec, openStore } from './store-spec.ts'

const INCREMENT = fileURLToPath(new URL('increment-process.ts', import.meta.url))
const COMMIT = fileURLToPath(new URL('commit-until-killed.ts', import.meta.url))

/** `rounds`: how many processes are killed one after another. */
export function contentionContract(freshStore: StoreFactory, rounds: number): void {
  test('twenty writers on one row lose no update', async () => {
    const spec = freshStore()
    const books = await Promise.all(Array.from({ length: 4 }, () => openStore(spec)))
    await books[0]?.commit([createSigner('hot', 0)])
    await Promise.all(Array.from({ length: 20 }, (_, writer) => raise(books[writer % books.length]!, 5)))
    assert.equal((await books[0]?.load('signers', 'hot'))?.row.lastNonce, 100)
    await Promise.all(books.map((book) => book.close()))
  })

  test('two processes on one row lose no update', async () => {
    const spec = freshStore()
    const book = await openStore(spec)
    await book.commit([createSigner('shared', 0)])
    const children = [1, 2].map(() => child(INCREMENT, [JSON.stringify(spec), 'shared', '100']))
    const codes = await Promise.all(children.map(async (running) => (await once(running, 'exit'))[0] as number | null))
    assert.deepEqual(codes, [0, 0])
    assert.equal((await book.load('signers', 'shared'))?.row.lastNonce, 200)
    await book.close()
  })

  test('nobody commits upon rows of which he saw two different commits', async () => {
    const spec = freshStore()
    const [writer, reader] = await Promise.all([openStore(spec), openStore(spec)])
    const ids = ['a', 'b', 'c']
    const rows = (number: number): Write[] => ids.map((id) => put('signers', id, { ...signer(number) }))
    await writer.commit(rows(0))
    const state = { done: false }
    const checking = refuseTornViews(reader, ids).finally(() => {
      state.done = true
    })
    for (let number = 1; !state.done; number++) await writer.commit(rows(number))
    await checking
    await Promise.all([writer.close(), reader.close()])
  })

  test('a process killed between commits leaves whole commits only, and every acknowledged one', async () => {
    const spec = freshStore()
    let next = 1
    for (let round = 0; round < rounds; round++) {
      const acknowledged = await commitAndKill(spec, next, 20 + round * 7)
      const stored = await numberInStore(spec)
      assert.ok(
        stored === acknowledged || stored === acknowledged + 1,
        `acknowledged ${acknowledged}, stored ${stored}`,
      )
      next = stored + 1
    }
  })
}

/** Not for Google's emulator: its multi-row reads do see half of a commit, under one and the same read time. */
export function wholeReadContract(freshStore: StoreFactory): void {
  test('a reader never sees half of a commit', async () => {
    const spec = freshStore()
    const [writer, reader] = await Promise.all([openStore(spec), openStore(spec)])
    const seen = new Set<number | undefined>()
    const reading = (async () => {
      while (seen.size < 12) {
        const found = await reader.loadMany('signers', ['a', 'b', 'c'])
        const numbers = new Set(found.map((stored) => stored?.row.lastNonce))
        assert.equal(numbers.size, 1, `half a commit: ${[...numbers].join()}`)
        for (const number of numbers) seen.add(number)
      }
    })()
    const state = { done: false }
    const ended = reading.finally(() => {
      state.done = true
    })
    for (let number = 0; !state.done; number++) {
      await writer.commit(['a', 'b', 'c'].map((id) => put('signers', id, { ...signer(number) })))
    }
    await ended
    await Promise.all([writer.close(), reader.close()])
  })
}

/** Replaces all rows on what it saw of them, 60 times: a view of two commits must be refused. */
async function refuseTornViews(book: Book, ids: readonly string[]): Promise<void> {
  for (let views = 0; views < 60; views++) {
    const seen = (await book.loadMany('signers', ids)).filter((stored) => stored !== null)
    assert.equal(seen.length, ids.length)
    const isTorn = new Set(seen.map(({ row }) => row.lastNonce)).size > 1
    const committed = await book.commit(seen.map((stored) => ({ op: 'replace', kind: 'signers', ...stored }))).then(
      () => true,
      (error: unknown) => {
        assert.ok(error instanceof StaleWrite, String(error))
        return false
      },
    )
    assert.ok(!(isTorn && committed), 'a view of two commits was accepted')
  }
}

async function raise(book: Book, times: number): Promise<void> {
  for (let done = 0; done < times; done++) await increment(book, 'hot')
}

function child(script: string, parameters: readonly string[]): ChildProcess {
  return spawn(process.execPath, [script, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Kills the committing process once it has acknowledged `commits` commits; returns the last acknowledged number. */
async function commitAndKill(spec: StoreSpec, first: number, commits: number): Promise<number> {
  const running = child(COMMIT, [JSON.stringify(spec), String(first)])
  assert.ok(running.stdout)
  const exited = once(running, 'exit')
  let last = 0
  for await (const line of createInterface({ input: running.stdout })) {
    last = Number(line)
    if (last === first + commits - 1) running.kill('SIGKILL')
  }
  const [, signal] = await exited
  assert.equal(signal, 'SIGKILL')
  return last
}

async function numberInStore(spec: StoreSpec): Promise<number> {
  const book = await openStore(spec)
  const [one, two] = await book.loadMany('signers', ['one', 'two'])
  const three = await book.load('cursors', 'three')
  await book.close()
  assert.ok(one && two && three)
  assert.deepEqual([two.row, three.row], [signer(one.row.lastNonce), cursor(one.row.lastNonce)])
  return one.row.lastNonce
}
