/** One commit of the book as one atomic Firestore commit, and the proof of what became of it. */
import { randomUUID } from 'node:crypto'
import type { protos } from '@google-cloud/firestore-api'
import type { Revision, Write } from '../book.ts'
import { BookUnavailable, StaleWrite } from '../errors.ts'
import { rowJson } from '../row-json.ts'
import { type Attempts, attempt, statusOf } from './attempts.ts'
import { commitTokenOf, documentName, fieldsOf, revisionOf, updateTimeOf } from './documents.ts'
import { type Rpc, Status } from './rpc.ts'

type FirestoreWrite = protos.google.firestore.v1.IWrite
type Revisions = (Revision | null)[]

/** Answers that say a precondition did not hold: create of an existing, replace of a missing or of a changed document. */
const STALE: ReadonlySet<number> = new Set([Status.alreadyExists, Status.notFound, Status.failedPrecondition])

/** What a commit needs of the connection. */
export type CommitRpc = Pick<Rpc, 'location' | 'commit' | 'batchGet'>

/** Commits to one database. */
export class Committer {
  readonly #rpc: CommitRpc
  readonly #patienceMs: number

  constructor(rpc: CommitRpc, patienceMs: number) {
    this.#rpc = rpc
    this.#patienceMs = patienceMs
  }

  /** @throws StaleWrite, BookUnavailable */
  async commit(writes: readonly Write[]): Promise<Revisions> {
    const token = randomUUID()
    const encoded = writes.map((write) => this.#encode(write, token))
    const what = `Commit of ${writes.length} row(s), first ${writes[0]?.kind}/${writes[0]?.id}`
    return attempt((attempts) => this.#once(writes, encoded, token, attempts), what, this.#patienceMs)
  }

  async #once(
    writes: readonly Write[],
    encoded: FirestoreWrite[],
    token: string,
    { maybeApplied }: Attempts,
  ): Promise<Revisions> {
    try {
      const { writeResults, commitTime } = await this.#rpc.commit(encoded)
      return writes.map(({ op }, index) => {
        const time = writeResults?.[index]?.updateTime ?? commitTime
        return op === 'delete' || time == null ? null : revisionOf(time)
      })
    } catch (error) {
      const status = statusOf(error)
      if (status === null || !STALE.has(status)) throw refusalOf(error, status, writes)
      if (!maybeApplied) throw await this.#staleRow(writes, error)
      return await this.#settle(writes, token, error)
    }
  }

  /** A write without a mask replaces the whole document, so that removed fields go. */
  #encode(write: Write, token: string): FirestoreWrite {
    const name = documentName(this.#rpc.location, write.kind, write.id)
    if (write.op === 'delete') return { delete: name }
    const update = { name, fields: fieldsOf(write.kind, rowJson(write.row, `${write.kind}/${write.id}`), token) }
    switch (write.op) {
      case 'create':
        return { update, currentDocument: { exists: false } }
      case 'replace':
        return { update, currentDocument: { updateTime: updateTimeOf(write.revision) } }
      case 'put':
        return { update }
    }
  }

  /** An earlier attempt lost its answer and this one met a changed row: the change is ours if a row carries our token. */
  async #settle(writes: readonly Write[], token: string, cause: unknown): Promise<Revisions> {
    const names = writes.flatMap(({ op, kind, id }) =>
      op === 'delete' ? [] : [documentName(this.#rpc.location, kind, id)],
    )
    const documents = await this.#rpc.batchGet(names)
    const ours = [...documents.values()].find((document) => document !== null && commitTokenOf(document) === token)
    if (ours?.updateTime == null) {
      throw new BookUnavailable(
        `Commit of ${names[0]}: an attempt lost its answer, and then the row had changed; whether that change was ours cannot be told. Reload and decide again.`,
        { cause },
      )
    }
    // All rows of one commit have one update time, also those that somebody changed since.
    const revision = revisionOf(ours.updateTime)
    return writes.map(({ op }) => (op === 'delete' ? null : revision))
  }

  /** Firestore does not say which precondition failed; nothing was applied either way. */
  async #staleRow(writes: readonly Write[], cause: unknown): Promise<StaleWrite> {
    const guarded = writes.filter((write) => write.op === 'create' || write.op === 'replace')
    const names = guarded.map(({ kind, id }) => documentName(this.#rpc.location, kind, id))
    // Only the message depends on this read: when it fails, the first guarded row stands for the commit.
    const documents = await this.#rpc.batchGet(names).catch(() => new Map())
    const stale = guarded.find((write, index) => {
      const document = documents.get(names[index] ?? '')
      if (document === undefined) return false
      if (write.op === 'create') return document !== null
      return document?.updateTime == null || revisionOf(document.updateTime) !== write.revision
    })
    const { kind, id } = stale ?? guarded[0] ?? { kind: 'commit', id: 'unknown' }
    return new StaleWrite(kind, id, { cause })
  }
}

/** Statuses that `attempt` understands pass unchanged; others are a refusal of this very request. */
function refusalOf(error: unknown, status: number | null, writes: readonly Write[]): unknown {
  if (status !== INVALID_ARGUMENT) return error
  return new Error(
    `Firestore refused the commit of ${writes.map(({ kind, id }) => `${kind}/${id}`).join(', ')}; nothing was written, and repeating it cannot help. A document holds at most 1 MiB.`,
    { cause: error },
  )
}
const INVALID_ARGUMENT = 3
