/** What a commit asks of Firestore, without any Firestore: exactly-once must not rest on what an emulator makes of it (I4, I5). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Revision, Write } from '#book/book.ts'
import { type CommitRpc, Committer } from '#book/firestore/commit.ts'
import { Status } from '#book/firestore/rpc.ts'
import { createSigner, put, signer } from './rows.ts'

type Asked = Parameters<CommitRpc['commit']>[0]

/** A Firestore that meets contention so often, then takes every commit; it keeps what it was asked. */
function takingAll(contended = 0): { readonly committer: Committer; readonly asked: Asked[] } {
  const asked: Asked[] = []
  const rpc = {
    location: { projectId: 'test', databaseId: '(default)', prefix: '' },
    commit: async (writes: Asked) => {
      asked.push(writes)
      if (asked.length <= contended) throw Object.assign(new Error('contention'), { code: Status.aborted })
      return { writeResults: [], commitTime: null }
    },
    batchGet: async () => new Map(),
  }
  return { committer: new Committer(rpc as unknown as CommitRpc, 1000), asked }
}

test('I5: a commit is one request, in which each row carries what must still hold of it', async () => {
  const { committer, asked } = takingAll()
  const revision = '1800000000.123456789' as Revision
  const writes: Write[] = [
    createSigner('new', 1),
    { op: 'replace', kind: 'signers', id: 'seen', row: signer(2), revision },
    put('signers', 'any', { ...signer(3) }),
    { op: 'delete', kind: 'signers', id: 'gone' },
  ]
  await committer.commit(writes)
  assert.equal(asked.length, 1)
  const [created, replaced, written, deleted] = asked[0] ?? []
  assert.deepEqual(created?.currentDocument, { exists: false })
  assert.deepEqual(replaced?.currentDocument, { updateTime: { seconds: '1800000000', nanos: 123456789 } })
  assert.deepEqual([written?.currentDocument, deleted?.currentDocument], [undefined, undefined])
})

test('I4: a commit that met contention is asked for again, the very same, and nothing else runs again', async () => {
  const { committer, asked } = takingAll(2)
  await committer.commit([createSigner('contended', 1)])
  assert.equal(asked.length, 3)
  assert.deepEqual([asked[1], asked[2]], [asked[0], asked[0]])
})
