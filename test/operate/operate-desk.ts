/** An operator on a book in memory, with a queue and dead jobs that only remember. */
import type { Book } from '#book/book.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { Envelope } from '#domain/message.ts'
import type { Action } from '#domain/operator/action.ts'
import type { DeadJob } from '#domain/operator/view.ts'
import { createOperator, type ConfirmAnswer, type Operator, type Preview } from '#operate/operator.ts'
import type { OperateTools } from '#operate/tools.ts'
import { NOW, anAccount } from '#test/domain/samples.ts'

export interface OperateDesk extends AsyncDisposable {
  readonly book: Book
  readonly operator: Operator
  readonly tools: OperateTools
  readonly enqueued: Envelope[]
  readonly ensured: Envelope[]
  /** What stands in the queues as set aside. */
  readonly dead: DeadJob[]
  now: number
  /** The preview of an action. @throws when it is refused */
  preview(action: Action, caller?: string): Promise<Preview>
  /** Confirms a preview, as the admin unless told otherwise. */
  confirm(preview: Preview, why?: string, caller?: string): Promise<ConfirmAnswer>
  /** Records of a subject, in their order. */
  records(subject: string): Promise<{ decision: string; actor: string; at: number; inputs: Record<string, unknown> }[]>
}

/** `around` stands between the operator and the book. */
export async function openOperateDesk(around: (book: Book) => Book = (book) => book): Promise<OperateDesk> {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const clock = { now: NOW }
  const enqueued: Envelope[] = []
  const ensured: Envelope[] = []
  const dead: DeadJob[] = []
  const tools: OperateTools = {
    book: around(book),
    queue: {
      enqueue: async (envelope) => void enqueued.push(envelope),
      ensure: async (envelope) => (ensured.push(envelope), true),
      wake: async () => {},
    },
    deadJobs: {
      list: async () => dead,
      find: async (queue, job) => dead.find((entry) => entry.queue === queue && entry.jobId === job) ?? null,
      async remove(queue, job) {
        const index = dead.findIndex((entry) => entry.queue === queue && entry.jobId === job)
        return index >= 0 && dead.splice(index, 1).length === 1
      },
    },
    accounts: ['alpha', 'beta'].map((account) => ({ account, venue: 'hyperliquid', strategies: ['*'] })),
    now: () => clock.now,
  }
  await book.commit(
    ['alpha', 'beta'].map((id) => ({ op: 'create', kind: 'accounts', id, row: anAccount({ account: id }) }) as const),
  )
  const operator = createOperator(tools)
  return {
    book,
    operator,
    tools,
    enqueued,
    ensured,
    dead,
    get now() {
      return clock.now
    },
    set now(value) {
      clock.now = value
    },
    async preview(action, caller = 'ada') {
      const answer = await operator.preview(action, caller)
      if (answer.kind === 'refused') throw new Error(`refused: ${answer.refusal.message}`)
      return answer.preview
    },
    confirm: async (preview, why = 'because', caller = 'ada') =>
      await operator.confirm(preview.action, { token: preview.confirm, why, caller }),
    async records(subject) {
      const rows = await book.list('audit', { where: { subject }, orderBy: { field: 'at', direction: 'ascending' } })
      return rows.map(({ row: { decision, actor, at, inputs } }) => ({ decision, actor, at, inputs }))
    },
    [Symbol.asyncDispose]: () => book.close(),
  }
}
