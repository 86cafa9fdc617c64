/** Reads the book's rows and the venues' ledgers, for the evidence of a storm and for what must not change afterwards. */
import { verifyAudit } from '#audit/verify-audit.ts'
import type { Book } from '#book/book.ts'
import { pagesOf } from '#book/pages.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AuditRow, SignalRow } from '#domain/records.ts'
import { type AccountEvidence, type BookRows, type Evidence, symbolAt } from './evidence.ts'
import type { Ground } from './ground.ts'

export async function readBook(book: Book, accounts: readonly string[]): Promise<BookRows> {
  const ascending = <F extends string>(field: F) => ({ orderBy: { field, direction: 'ascending' } }) as const
  const [signals, positions, alerts] = await Promise.all([
    book.list('signals', ascending('receivedAt')),
    book.list('positions', ascending('createdAt')),
    book.list('alerts', ascending('raisedAt')),
  ])
  const perAccount = await Promise.all(
    accounts.map(async (account) => ({
      settled: await book.list('intents', { where: { account, settled: true } }),
      unsettled: await book.list('intents', { where: { account, settled: false } }),
      working: await book.list('orders', { where: { account, working: true } }),
      done: await book.list('orders', { where: { account, working: false } }),
      ledger: await book.list('ledger', { where: { account }, ...ascending('at') }),
      sweeps: await book.list('sweeps', { where: { account }, ...ascending('startedAt') }),
    })),
  )
  const rows = <T>(stored: readonly { readonly row: T }[]): T[] => stored.map(({ row }) => row)
  return {
    signals: rows(signals),
    routed: await readRouted(book, rows(signals)),
    positions: rows(positions),
    alerts: rows(alerts),
    intents: perAccount.flatMap(({ settled, unsettled }) => rows([...settled, ...unsettled])),
    orders: perAccount.flatMap(({ working, done }) => rows([...working, ...done])),
    ledger: perAccount.flatMap(({ ledger }) => rows(ledger)),
    sweeps: perAccount.flatMap(({ sweeps }) => rows(sweeps)),
    records: await readRecords(book),
  }
}

/** What says who wanted what of accounts, switches and positions. */
async function readRecords(book: Book): Promise<readonly AuditRow[]> {
  const records: AuditRow[] = []
  const oldestFirst = { orderBy: { field: 'at', direction: 'ascending' } } as const
  for await (const page of pagesOf(book, 'audit', oldestFirst)) {
    const meant = page.map(({ row }) => row).filter(({ subjectKind, inputs }) => isOfAccounts(subjectKind, inputs))
    records.push(...meant)
  }
  const chain = ({ subjectKind, subject }: AuditRow): string => `${subjectKind} ${subject}`
  return records.toSorted((a, b) => chain(a).localeCompare(chain(b)) || a.seq - b.seq)
}

function isOfAccounts(kind: AuditRow['subjectKind'], inputs: AuditRow['inputs']): boolean {
  return kind === 'accounts' || kind === 'control' || inputs['confirmation'] !== undefined
}

/** What is open, and which of it wants a stop that does not work at the venue. */
export function openWithStops(
  positions: readonly PositionRow[],
  accounts: readonly Pick<AccountEvidence, 'id' | 'venue' | 'truth'>[],
): Evidence['openAtRest'] {
  return positions
    .filter(({ open, state }) => open && state === 'open')
    .map(({ positionId, account, instrument, side, discipline }) => {
      const at = accounts.find(({ id }) => id === account)
      const closing = side === 'long' ? 'sell' : 'buy'
      // A child that the venue keeps for its parent has no id of ours.
      const stands = at?.truth.orders.some(
        ({ working, symbol, side: of }) => working && of === closing && symbol === symbolAt(at.venue, instrument),
      )
      return { positionId, naked: discipline.stopLoss !== null && stands !== true }
    })
}

/** Signals asked for in one read. */
const SLICE = 100

async function readRouted(book: Book, signals: readonly SignalRow[]): Promise<BookRows['routed']> {
  const keys = signals.flatMap(({ positionIds }) =>
    positionIds.flatMap((id) => [`${id}.route`, `${id}.route.reversed`]),
  )
  const found: BookRows['routed'][number][] = []
  for (let from = 0; from < keys.length; from += SLICE) {
    const rows = await book.loadMany('processed', keys.slice(from, from + SLICE))
    found.push(...rows.flatMap((stored) => (stored === null ? [] : [stored.row])))
  }
  return found
}

/** Where the audit records contradict the book's rows. */
export async function readRecordFaults(book: Book): Promise<Evidence['recordFaults']> {
  const { contradictions } = await verifyAudit(book)
  return contradictions.map(({ subject, problem }) => `${subject.kind} ${subject.id}: ${problem}`)
}

export async function readAccounts({ seats, book }: Ground): Promise<readonly AccountEvidence[]> {
  return await Promise.all(
    seats.map(async (seat) => {
      const [truth, equity, account] = await Promise.all([
        seat.truth(),
        book.book.load('equity', seat.id),
        book.book.load('accounts', seat.id),
      ])
      const { id, venue, strategy, limits } = seat
      return {
        id,
        venue,
        strategy,
        limits,
        truth,
        equity: equity?.row ?? null,
        locked: Object.keys(account?.row.locks ?? {}),
        ignored: Object.keys(account?.row.ignored ?? {}),
      }
    }),
  )
}
