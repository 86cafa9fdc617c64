/** The Firestore book keeps the same contract on Google's emulator, and tells its own commits from others' after a lost reply. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Book, Write } from '#book/book.ts'
import { BookUnavailable, StaleWrite } from '#book/errors.ts'
import { Committer } from '#book/firestore/commit.ts'
import { documentName, locationOf } from '#book/firestore/documents.ts'
import { firestoreIndexFile } from '#book/firestore/indexes.ts'
import { openFirestoreBook } from '#book/firestore/open.ts'
import { Rpc, Status } from '#book/firestore/rpc.ts'
import { type TcpProxy, openTcpProxy } from '#simulators/network/tcp-proxy.ts'
import { type FirestoreEmulator, startFirestoreEmulator } from '#test/support/firestore-emulator.ts'
import { freePort } from '#test/support/free-port.ts'
import { bookContract } from './book-contract.ts'
import { contentionContract } from './contention-contract.ts'
import { queryContract } from './query-contract.ts'
import { createAudit, createSigner, put, signer } from './rows.ts'
import type { StoreSpec } from './store-spec.ts'

const PROJECT = `truebook-book-${process.pid}`

let emulator: FirestoreEmulator
before(async () => {
  emulator = await startFirestoreEmulator()
})
after(() => emulator.stop())

let stores = 0
const freshPrefix = (): string => `store/${stores++}`
const freshStore = (): StoreSpec => ({
  store: 'firestore',
  emulatorHost: emulator.host,
  projectId: PROJECT,
  prefix: freshPrefix(),
})

describe('contract of the Firestore book', () => {
  bookContract(freshStore)
  describe('queries', () => queryContract(freshStore))
  describe('contention', () => contentionContract(freshStore, 3))
})

/** The first calls of `commit` meet these faults instead of an answer; `applied` says whether the store saw them. */
interface Fault {
  readonly code: number
  readonly applied: boolean
  /** What somebody else does before the next attempt. */
  readonly meanwhile?: (book: Book) => Promise<unknown>
}

describe('an unanswered commit', () => {
  let rpc: Rpc
  let book: Book
  before(async () => {
    const prefix = freshPrefix()
    const location = locationOf(PROJECT, '(default)', prefix)
    rpc = await Rpc.connect({ location, emulatorHost: emulator.host, silenceMs: 4000 })
    book = await openFirestoreBook({ projectId: PROJECT, prefix, emulatorHost: emulator.host })
  })
  after(() => Promise.all([rpc.close(), book.close()]))

  function committer(faults: Fault[], patienceMs = 10_000): Committer {
    const commit: Rpc['commit'] = async (writes) => {
      const fault = faults.shift()
      if (fault === undefined) return rpc.commit(writes)
      if (fault.applied) await rpc.commit(writes)
      await fault.meanwhile?.(book)
      throw Object.assign(new Error(`planted fault ${fault.code}`), { code: fault.code })
    }
    return new Committer({ location: rpc.location, commit, batchGet: (names) => rpc.batchGet(names) }, patienceMs)
  }

  const lost: Fault = { code: Status.unavailable, applied: true }

  test('that was applied is recognised as its own success, with the true revision', async () => {
    const writes = [createSigner('lost-create', 1), put('cursors', 'lost-put', {})]
    const [revision] = await committer([lost]).commit(writes)
    const stored = await book.load('signers', 'lost-create')
    assert.deepEqual([stored?.row, stored?.revision], [signer(1), revision])
    assert.ok(revision)
    const replace: Write = { op: 'replace', kind: 'signers', id: 'lost-create', row: signer(2), revision }
    const [second] = await committer([{ ...lost, code: Status.deadlineExceeded }]).commit([replace])
    assert.equal((await book.load('signers', 'lost-create'))?.revision, second)
  })

  test('that was applied is recognised although one of its rows was deleted since', async () => {
    const writes = [createSigner('lost-outbox', 1), createSigner('lost-effect', 1)]
    const meanwhile = (other: Book): Promise<unknown> =>
      other.commit([{ op: 'delete', kind: 'signers', id: 'lost-outbox' }])
    const revisions = await committer([{ ...lost, meanwhile }]).commit(writes)
    assert.equal((await book.load('signers', 'lost-effect'))?.revision, revisions[1])
    assert.equal(await book.load('signers', 'lost-outbox'), null)
  })

  test('that never arrived is applied by the next attempt', async () => {
    await committer([{ code: Status.unavailable, applied: false }]).commit([createSigner('arrives', 1)])
    assert.equal((await book.load('signers', 'arrives'))?.row.lastNonce, 1)
  })

  test('whose row somebody else took meanwhile is unknown, not a success and not stale', async () => {
    const meanwhile = (other: Book): Promise<unknown> => other.commit([createSigner('rival', 5)])
    const faults = [{ code: Status.unavailable, applied: false, meanwhile }]
    await assert.rejects(committer(faults).commit([createSigner('rival', 1)]), BookUnavailable)
    assert.equal((await book.load('signers', 'rival'))?.row.lastNonce, 5)
  })

  test('I4: contention is retried, and a race lost to contention is stale', async () => {
    const aborted: Fault = { code: Status.aborted, applied: false }
    await committer([aborted, aborted]).commit([createSigner('contended', 1)])
    assert.equal((await book.load('signers', 'contended'))?.row.lastNonce, 1)
    await assert.rejects(committer([aborted]).commit([createSigner('contended', 2)]), StaleWrite)
  })

  test('is unavailable once patience ends', async () => {
    const faults = Array.from({ length: 50 }, (): Fault => ({ code: Status.resourceExhausted, applied: false }))
    await assert.rejects(
      committer(faults, 100).commit([createSigner('patience', 1)]),
      /BookUnavailable.*took no effect/s,
    )
    assert.equal(await book.load('signers', 'patience'), null)
  })

  test('refused access is unavailable, and says what to check', async () => {
    const denied: Fault = { code: Status.permissionDenied, applied: false }
    await assert.rejects(
      committer([denied]).commit([createSigner('denied', 1)]),
      /BookUnavailable.*roles\/datastore\.user/s,
    )
  })
})

describe('a Firestore that does not answer', () => {
  let proxy: TcpProxy
  let book: Book
  before(async () => {
    proxy = await openTcpProxy({ port: Number(emulator.host.split(':')[1]) })
    book = await openFirestoreBook({
      projectId: PROJECT,
      prefix: freshPrefix(),
      emulatorHost: `127.0.0.1:${proxy.port}`,
      patienceMs: 1500,
    })
    await book.commit([createSigner('there', 1)])
  })
  after(async () => {
    await book.close()
    await proxy.close()
  })

  async function assertUnavailable(): Promise<void> {
    await Promise.all([
      assert.rejects(book.load('signers', 'there'), BookUnavailable),
      assert.rejects(book.loadMany('signers', ['there']), BookUnavailable),
      assert.rejects(book.list('accounts', {}), BookUnavailable),
      assert.rejects(book.commit([createSigner('not-there', 1)]), BookUnavailable),
    ])
  }

  test('refused connections are unavailable, and a healed one answers again', async () => {
    proxy.mode('refuse')
    await assertUnavailable()
    proxy.mode('pass')
    assert.equal(await answerOf(book), 1)
  })

  test('silence is unavailable, and a new connection answers again', async () => {
    proxy.mode('black-hole')
    await assertUnavailable()
    proxy.resetConnections()
    proxy.mode('pass')
    assert.equal(await answerOf(book), 1)
  })

  test('a connection that breaks under many commits loses none that was acknowledged', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `broken-${index}`)
    const commits = ids.map(async (id, index) => {
      if (index % 20 === 19) proxy.resetConnections()
      return book.commit([createSigner(id, 1)])
    })
    const results = await Promise.allSettled(commits)
    const found = await book.loadMany('signers', ids)
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') assert.equal(found[index]?.revision, result.value[0])
      else assert.ok(result.reason instanceof BookUnavailable, String(result.reason))
    }
  })
})

/** Reads until the connection is back; gRPC waits up to five seconds before it tries again. */
async function answerOf(book: Book): Promise<number | undefined> {
  for (let attempts = 1; ; attempts++) {
    try {
      return (await book.load('signers', 'there'))?.row.lastNonce
    } catch (error) {
      if (!(error instanceof BookUnavailable) || attempts === 20) throw error
    }
  }
}

test('a Firestore that was never there is unavailable, never empty', async () => {
  const book = await openFirestoreBook({
    projectId: PROJECT,
    emulatorHost: `127.0.0.1:${await freePort()}`,
    patienceMs: 300,
  })
  await assert.rejects(book.list('accounts', {}), BookUnavailable)
  await assert.rejects(book.load('control', 'global'), BookUnavailable)
  await book.close()
})

test('a row beyond the size of a document is refused as such, not as an outage', async () => {
  const book = await openFirestoreBook({ projectId: PROJECT, prefix: freshPrefix(), emulatorHost: emulator.host })
  const large = createAudit('large', { text: 'x'.repeat(1_100_000) })
  await assert.rejects(book.commit([createSigner('beside', 1), large]), (error) => {
    assert.ok(error instanceof Error && !(error instanceof BookUnavailable) && !(error instanceof StaleWrite))
    assert.match(error.message, /audit\/large.*at most 1 MiB/)
    return true
  })
  assert.equal(await book.load('signers', 'beside'), null)
  await book.close()
})

test('books with different prefixes share a database without meeting', async () => {
  const open = (): Promise<Book> =>
    openFirestoreBook({ projectId: PROJECT, prefix: freshPrefix(), emulatorHost: emulator.host })
  const [one, two] = await Promise.all([open(), open()])
  await one.commit([createSigner('own', 1), put('accounts', 'own', { account: 'own' })])
  assert.equal(await two.load('signers', 'own'), null)
  assert.deepEqual(await two.list('accounts', {}), [])
  await Promise.all([one.close(), two.close()])
})

test('rows are readable in the console: native fields, query fields beside the row', async () => {
  const prefix = freshPrefix()
  const location = locationOf(PROJECT, '(default)', prefix)
  const rpc = await Rpc.connect({ location, emulatorHost: emulator.host, silenceMs: 4000 })
  const book = await openFirestoreBook({ projectId: PROJECT, prefix, emulatorHost: emulator.host })
  await book.commit([put('orders', 'o', { account: 'a', working: true, positionId: 'p', leaves: '0.5', rows: [[1]] })])
  const name = documentName(location, 'orders', 'o')
  const fields = (await rpc.batchGet([name])).get(name)?.fields
  assert.deepEqual(Object.keys(fields ?? {}).toSorted(), [
    'account',
    'commit',
    'placedAt',
    'positionId',
    'row',
    'working',
  ])
  assert.equal(fields?.['row']?.mapValue?.fields?.['leaves']?.stringValue, '0.5')
  assert.equal(fields?.['working']?.booleanValue, true)
  await Promise.all([rpc.close(), book.close()])
})

test('firestore.indexes.json is what the declared queries need', () => {
  const shipped = readFileSync(new URL('../../firestore.indexes.json', import.meta.url), 'utf8')
  assert.equal(shipped, firestoreIndexFile(), 'run: node scripts/firestore-indexes.ts')
})
