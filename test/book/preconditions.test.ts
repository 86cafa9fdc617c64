/** What a commit asks of Firestore, without any Firestore: exactly-once must not rest on what an emulator makes of it (I5). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Revision, Write } from '#book/book.ts'
import { type CommitRpc, Committer } from '#book/firestore/commit.ts'
import { createSigner, put, signer } from './rows.ts'

type Asked = Parameters<CommitRpc['commit']>[0]

/** A Firestore that takes every commit and keeps what it was asked. */
function takingAll(): { readonly committer: Committer; readonly asked: Asked[] } {
  const asked: Asked[] = []
  const rpc = {
    location: { projectId: 'test', databaseId: '(default)', prefix: '' },
    commit: async (writes: Asked) => {
      asked.push(writes)
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
