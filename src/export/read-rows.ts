/** Reads a dataset out of the book, in order of time, a page of each account at a time: memory does not grow with the book. */
import type { Book, Query, Rows, Stored } from '#book/book.ts'
import { pagesOf } from '#book/pages.ts'
import type { AccountId } from '#domain/ids.ts'
import type { AuditRow } from '#domain/records.ts'
import type { Cell } from './column.ts'
import { DATASETS, type DatasetName } from './datasets.ts'

/** What is wanted of it; bounds are inclusive, ms, null is no bound. */
export interface Wanted {
  readonly dataset: DatasetName
  readonly account: AccountId | null
  readonly from: number | null
  readonly to: number | null
}

/** Accounts that the book knows: those that were routed to, and those whose fills were read. @throws BookUnavailable */
export async function accountsOf(book: Book): Promise<AccountId[]> {
  const [accounts, cursors] = await Promise.all([book.list('accounts', {}), book.list('cursors', {})])
  return [...new Set([...accounts, ...cursors].map(({ id }) => id))].toSorted()
}

/** The cells of each row. @throws BookUnavailable */
export async function* readRows(book: Book, wanted: Wanted): AsyncGenerator<readonly Cell[], void, undefined> {
  const bounds = { ...(wanted.from !== null && { from: wanted.from }), ...(wanted.to !== null && { to: wanted.to }) }
  switch (wanted.dataset) {
    case 'audit':
      return yield* cellsOf('audit', auditRows(book, wanted.account, bounds))
    case 'positions':
      return yield* cellsOf('positions', positionRows(book, wanted.account, bounds))
    case 'ledger':
      return yield* cellsOf('ledger', await byAccount(book, DATASETS.ledger, wanted.account, bounds))
    case 'fills':
      return yield* cellsOf('fills', await byAccount(book, DATASETS.fills, wanted.account, bounds))
    case 'equity-days':
      return yield* cellsOf(
        'equity-days',
        await byAccount(book, DATASETS['equity-days'], wanted.account, dayBounds(wanted)),
      )
  }
}

type Bounds = Pick<Query<'ledger'>, 'from' | 'to'>
type RowOf<N extends DatasetName> = Rows[(typeof DATASETS)[N]['kind']]

async function* cellsOf<N extends DatasetName>(
  name: N,
  rows: AsyncIterable<RowOf<N>>,
): AsyncGenerator<readonly Cell[], void, undefined> {
  const columns = DATASETS[name].columns as readonly { cell(row: RowOf<N>): Cell }[]
  for await (const row of rows) yield columns.map((one) => one.cell(row))
}

/** A day is told by its name, which bounds compare with. */
function dayBounds({ from, to }: Wanted): Bounds {
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
  return { ...(from !== null && { from: day(from) }), ...(to !== null && { to: day(to) }) }
}

async function* positionRows(book: Book, account: AccountId | null, bounds: Bounds) {
  const query = {
    ...(account !== null && { where: { account } }),
    orderBy: { field: DATASETS.positions.orderBy, direction: 'ascending' },
    ...bounds,
  } as const
  for await (const page of pagesOf(book, 'positions', query)) yield* page.map(({ row }) => row)
}

type Kept = 'ledger' | 'fills' | 'equityDays'
interface Ordered<K extends Kept> {
  readonly kind: K
  readonly orderBy: Extract<keyof Rows[K], string>
}

/** The rows of one account, or those of all, which the book answers account by account, merged by time and then by account. */
async function byAccount<K extends Kept>(
  book: Book,
  ordered: Ordered<K>,
  account: AccountId | null,
  bounds: Bounds,
): Promise<AsyncGenerator<Rows[K], void, undefined>> {
  const accounts = account === null ? await accountsOf(book) : [account]
  return merged(
    accounts.map((id) => rowsOf(book, ordered, id, bounds)),
    (row) => row[ordered.orderBy] as string | number,
  )
}

async function* rowsOf<K extends Kept>(
  book: Book,
  { kind, orderBy: field }: Ordered<K>,
  account: AccountId,
  bounds: Bounds,
): AsyncGenerator<Rows[K], void, undefined> {
  const query = { where: { account }, orderBy: { field, direction: 'ascending' }, ...bounds } as unknown as Query<K> & {
    readonly orderBy: NonNullable<Query<K>['orderBy']>
  }
  for await (const page of pagesOf(book, kind, query)) yield* page.map(({ row }) => row)
}

/** Streams that are in order become one that is; of equals, those of the earlier stream come first. */
async function* merged<Row>(
  streams: readonly AsyncGenerator<Row, void, undefined>[],
  orderOf: (row: Row) => string | number,
): AsyncGenerator<Row, void, undefined> {
  const heads = await Promise.all(streams.map(async (stream) => await stream.next()))
  for (;;) {
    let least = -1
    for (const [index, head] of heads.entries()) {
      if (head.done === true) continue
      const first = heads[least]
      if (first === undefined || first.done === true || orderOf(head.value) < orderOf(first.value)) least = index
    }
    const head = heads[least]
    const stream = streams[least]
    if (head === undefined || head.done === true || stream === undefined) return
    yield head.value
    heads[least] = await stream.next()
  }
}

/** Records name their account through the row that they are about. */
async function* auditRows(book: Book, account: AccountId | null, bounds: Bounds): AsyncGenerator<AuditRow> {
  const query = { orderBy: { field: DATASETS.audit.orderBy, direction: 'ascending' }, ...bounds } as const
  for await (const page of pagesOf(book, 'audit', query)) {
    const concerned = account === null ? page : await concerning(book, account, page)
    yield* concerned.map(({ row }) => row)
  }
}

async function concerning(
  book: Book,
  account: AccountId,
  page: readonly Stored<AuditRow>[],
): Promise<Stored<AuditRow>[]> {
  const subjectsOf = (kind: 'positions' | 'processed'): string[] => [
    ...new Set(page.filter(({ row }) => row.subjectKind === kind).map(({ row }) => row.subject)),
  ]
  const [positions, processed] = await Promise.all([
    book.loadMany('positions', subjectsOf('positions')),
    book.loadMany('processed', subjectsOf('processed')),
  ])
  const ours = new Set(
    [...positions, ...processed].flatMap((stored) => (stored?.row.account === account ? [stored.id] : [])),
  )
  return page.filter(({ row: { subjectKind, subject } }) => {
    if (subjectKind === 'accounts' || subjectKind === 'programmes') return subject === account
    return subjectKind === 'control' ? subject === `account.${account}` : ours.has(subject)
  })
}
