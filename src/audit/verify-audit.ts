/**
 * Proves that the book's records are the ones that were written: every chain is recomputed and compared with the head in its subject's
 * row, every position and every routed command must have one, and every ledger row of a position must be the one a record booked.
 * Not proven by it: that nobody rewrote a whole chain together with its subject's row. Reads only.
 */
import type { Book, Stored } from '#book/book.ts'
import { pagesOf } from '#book/pages.ts'
import { type AccountId, type PositionId, idempotencyKeyOf } from '#domain/ids.ts'
import type { PositionRow } from '#domain/position.ts'
import type { AuditRow, AuditSubject, ProcessedRow, SignalRow } from '#domain/records.ts'
import { type AuditReport, Tally } from './audit-report.ts'
import { checkBookings } from './check-bookings.ts'
import { type Chain, MOVES_MAX, hasMoved, readChain } from './read-chain.ts'

/** What is verified; null: everything. */
export interface AuditScope {
  readonly position: PositionId | null
  readonly account: AccountId | null
  /** Positions created, signals received and records made from this instant on, ms. */
  readonly since: number | null
}

const EVERYTHING: AuditScope = { position: null, account: null, since: null }

const NO_POSITION = 'none'
/** Chains that are read at once. */
const TOGETHER = 16
const SUBJECT_KINDS: ReadonlySet<string> = new Set<AuditSubject['kind']>([
  'positions',
  'processed',
  'accounts',
  'programmes',
  'control',
])

/** @throws BookUnavailable */
export async function verifyAudit(book: Book, scope: AuditScope = EVERYTHING): Promise<AuditReport> {
  const verification = new Verification(book, scope)
  if (scope.position !== null) {
    await verification.position(scope.position)
    await verification.commands([scope.position])
  } else {
    await verification.positions()
    await verification.signals()
    await verification.standing()
    await verification.strays()
  }
  return verification.tally.report()
}

class Verification {
  readonly tally = new Tally()
  readonly #book: Book
  readonly #scope: AuditScope

  constructor(book: Book, scope: AuditScope) {
    this.#book = book
    this.#scope = scope
  }

  async positions(): Promise<void> {
    const { account } = this.#scope
    const query = {
      ...(account !== null && { where: { account } }),
      orderBy: { field: 'createdAt', direction: 'ascending' },
      ...this.#from(),
    } as const
    for await (const page of pagesOf(this.#book, 'positions', query))
      await together(page, async ({ row }) => await this.position(row.positionId))
  }

  async position(id: PositionId): Promise<void> {
    const about = { kind: 'positions', id } as const
    for (let move = 1; ; move += 1) {
      const chain = await readChain(this.#book, about)
      const row = chain.holder?.row as PositionRow | undefined
      const faults = row === undefined || chain.fault !== null ? [] : await checkBookings(this.#book, chain, row)
      // Ledger rows are read after the records that book them.
      if (faults.length > 0 && move < MOVES_MAX && (await hasMoved(this.#book, chain))) continue
      this.#note(chain)
      if (row !== undefined && chain.records + chain.unchained.length === 0 && chain.fault === null)
        this.tally.contradiction(about, id, 'expected a record of the decision that opened it, found none')
      for (const fault of faults) this.tally.contradiction(about, fault.row, fault.problem)
      return
    }
  }

  async signals(): Promise<void> {
    const query = { orderBy: { field: 'receivedAt', direction: 'ascending' }, ...this.#from() } as const
    for await (const page of pagesOf(this.#book, 'signals', query)) {
      const ids = page.flatMap(({ row }) => this.#positionIdsOf(row))
      await this.commands(ids)
    }
  }

  #positionIdsOf({ accounts, positionIds }: SignalRow): PositionId[] {
    const { account } = this.#scope
    return positionIds.filter((_, index) => account === null || accounts[index] === account)
  }

  /** What became of commands: a position, whose chain tells, or a record with the message that was processed. */
  async commands(ids: readonly PositionId[]): Promise<void> {
    const named = ids.flatMap((id) => [
      { id, key: idempotencyKeyOf(id, 'route') },
      { id, key: idempotencyKeyOf(id, 'route', 'reversed') },
    ])
    const rows = await this.#book.loadMany(
      'processed',
      named.map(({ key }) => key),
    )
    const decided = named.flatMap(({ id, key }, index) => {
      const row = rows[index]?.row
      return row === undefined ? [] : [{ id, key, row }]
    })
    await together(decided, async ({ id, key, row }) => await this.#command(id, key, row))
  }

  async #command(id: PositionId, key: string, row: ProcessedRow): Promise<void> {
    if (row.audit !== undefined) {
      await this.#chain({ kind: 'processed', id: key })
      return
    }
    this.tally.count('processed', 0)
    if ((await this.#book.load('positions', id)) !== null) return
    // Versions before chains kept the record under the position id that the command named.
    const { unchained } = await readChain(this.#book, { kind: 'positions', id })
    if (unchained.length > 0) this.tally.unchained(unchained)
    else
      this.tally.contradiction(
        { kind: 'processed', id: key },
        key,
        `expected a record of what was decided (${row.outcome.detail}) or position ${id}, found neither`,
      )
  }

  /** What stands as long as the book does: accounts with their programmes and ledgers, the switches for new exposure. */
  async standing(): Promise<void> {
    const { account } = this.#scope
    const accounts = account === null ? (await this.#book.list('accounts', {})).map(({ id }) => id) : [account]
    await together(accounts, async (id) => {
      await this.#chain({ kind: 'accounts', id })
      await this.#chain({ kind: 'programmes', id })
      await this.#ledger(id)
    })
    const switches =
      account === null ? (await this.#book.list('control', {})).map(({ id }) => id) : [`account.${account}`]
    // The chain of everything is looked at also when its row is gone: then its records say so.
    if (account === null && !switches.includes('global')) switches.push('global')
    await together(switches, async (id) => await this.#chain({ kind: 'control', id }))
  }

  /** What trading realised belongs to a position, whose records tell it; cash moved by the venue is decided by nobody. */
  async #ledger(account: AccountId): Promise<void> {
    const query = { where: { account }, orderBy: { field: 'at', direction: 'ascending' }, ...this.#from() } as const
    for await (const page of pagesOf(this.#book, 'ledger', query)) {
      const traded = page.filter(({ row }) => row.kind === 'realised' || row.positionId !== null)
      const positions = await this.#book.loadMany(
        'positions',
        traded.map(({ row }) => row.positionId ?? NO_POSITION),
      )
      for (const [index, { id, row }] of traded.entries()) {
        this.tally.count('ledger', 0)
        if ((positions[index] ?? null) !== null) continue
        const about = { kind: 'positions', id: row.positionId ?? NO_POSITION } as const
        this.tally.contradiction(about, `ledger/${id}`, 'expected the position it books in the book, found none')
      }
    }
  }

  /** Records whose subject is gone, or does not know them. */
  async strays(): Promise<void> {
    const query = { orderBy: { field: 'at', direction: 'ascending' }, ...this.#from() } as const
    for await (const page of pagesOf(this.#book, 'audit', query)) {
      const chained = page.filter(({ row }) => row.hash !== undefined || row.seq !== undefined)
      for (const kind of new Set(chained.map(({ row }) => row.subjectKind)))
        await this.#straysOf(
          kind,
          chained.filter(({ row }) => row.subjectKind === kind),
        )
    }
  }

  async #straysOf(kind: AuditSubject['kind'], records: readonly Stored<AuditRow>[]): Promise<void> {
    if (!SUBJECT_KINDS.has(kind)) {
      for (const { id, row } of records)
        this.tally.contradiction({ kind, id: row.subject }, id, `it is about ${kind}, which no record is about`)
      return
    }
    const subjects = [...new Set(records.map(({ row }) => row.subject))]
    const holders = await this.#book.loadMany(kind, subjects)
    const bySubject = new Map(subjects.map((subject, index) => [subject, holders[index] ?? null]))
    for (const { id, row } of records) {
      const holder = bySubject.get(row.subject) ?? null
      if (!this.#concerns(holder?.row)) continue
      if (holder === null)
        this.tally.contradiction({ kind, id: row.subject }, id, 'expected the row it is about in the book, found none')
      else if (row.seq > (holder.row.audit?.seq ?? -1))
        this.tally.contradiction({ kind, id: row.subject }, id, 'the row it is about does not know it')
    }
  }

  #concerns(row: object | undefined): boolean {
    const { account } = this.#scope
    return account === null || (row !== undefined && 'account' in row && row.account === account)
  }

  async #chain(about: AuditSubject): Promise<void> {
    this.#note(await readChain(this.#book, about))
  }

  #note(chain: Chain): void {
    const { about } = chain
    const { since } = this.#scope
    const unchained = chain.rows.filter(({ id, row }) => chain.unchained.includes(id) && row.at >= (since ?? row.at))
    this.tally.unchained(unchained.map(({ id }) => id))
    if (chain.holder !== null) this.tally.count(about.kind, chain.records)
    if (chain.fault !== null) this.tally.contradiction(about, chain.fault.record, chain.fault.problem)
  }

  #from(): { readonly from?: number } {
    return this.#scope.since === null ? {} : { from: this.#scope.since }
  }
}

async function together<Item>(items: readonly Item[], task: (item: Item) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += TOGETHER)
    await Promise.all(items.slice(start, start + TOGETHER).map(async (item) => await task(item)))
}
