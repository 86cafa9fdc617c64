/** Where an account stands under its programme: the book's record, and a fresh read-only look where the credentials are readable here. */
import type { AccountConfig } from '#config/account.ts'
import type { Config } from '#config/config.ts'
import type { AccountRow } from '#domain/account.ts'
import { type ProgrammeVerdict, judge } from '#domain/programme/judge.ts'
import type { ProgrammeRow } from '#domain/programme/row.ts'
import type { ProgrammeTerms } from '#domain/programme/rules.ts'
import { type RuleStanding, standingOf } from '#domain/programme/standing.ts'
import type { ProgrammeReading } from '#domain/programme/record.ts'
import { observe, recordOf } from '#domain/programme/state.ts'
import { readableCredentials } from './account-checks.ts'
import { clockOf } from './clock.ts'
import { openStandingBook } from './open-book.ts'
import { openBroker } from './open-broker.ts'

export interface ProgrammeReport {
  readonly account: string
  readonly terms: ProgrammeTerms
  /** `fresh`: the broker was asked just now. `book`: the last look of the guard. */
  readonly looked: 'fresh' | 'book'
  readonly asOf: number
  /** Whether the book has a record under these terms; without it peaks and floors are those of a first look. */
  readonly recorded: boolean
  readonly verdict: ProgrammeVerdict
  readonly rules: readonly RuleStanding[]
}

/** What the book knows of an account under a programme. */
export interface ProgrammeRecord {
  readonly row: ProgrammeRow | null
  readonly account: AccountRow | null
}

/** Null when neither the book nor the broker can say. @throws BookUnavailable, BrokerUnavailable */
export async function reportProgramme(
  config: Config,
  account: AccountConfig,
  terms: ProgrammeTerms,
): Promise<ProgrammeReport | null> {
  const now = clockOf(config)
  const { row, account: stored } = await readRecord(config, account.id)
  const known = row !== null && row.state.record === recordOf(terms) ? row.state : null
  const reading = await freshReading(account, now)
  const state = reading === null ? known : observe(known, reading, terms, now())
  if (state === null) return null
  const held = Object.entries(stored?.exposures ?? {}).map(([instrument, { root, side, size }]) => ({
    instrument,
    root,
    side,
    size,
  }))
  return {
    account: account.id,
    terms,
    looked: reading === null ? 'book' : 'fresh',
    asOf: state.last.at,
    recorded: known !== null,
    verdict: judge(state, terms, now()),
    rules: standingOf(state, terms, held, now()),
  }
}

/** The book's rows of an account; a book that was never made has none. @throws BookUnavailable */
export async function readRecord(config: Config, account: string): Promise<ProgrammeRecord> {
  const book = await openStandingBook(config.book)
  if (book === null) return { row: null, account: null }
  try {
    const [row, stored] = await Promise.all([book.load('programmes', account), book.load('accounts', account)])
    return { row: row?.row ?? null, account: stored?.row ?? null }
  } finally {
    await book.close()
  }
}

async function freshReading(account: AccountConfig, clock: () => number): Promise<ProgrammeReading | null> {
  const credentials = readableCredentials(account)
  if (credentials === null) return null
  const broker = await openBroker(account, { credentials, clock, sharedBy: 1 })
  try {
    const { equity, balance, restriction } = await broker.readAccount()
    return { equity, balance, restriction }
  } finally {
    await broker.close()
  }
}
