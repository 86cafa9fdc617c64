/** Asks what a sweep would find and do, account by account, with the credentials of the configuration and reads alone. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Book } from '#book/book.ts'
import { BrokerUnavailable, CommandRefused } from '#brokers/errors.ts'
import type { AccountConfig } from '#config/account.ts'
import type { Config } from '#config/config.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { type SweepPreview, previewSweep } from '#workers/preview-sweep.ts'
import { readableCredentials } from './account-checks.ts'
import { clockOf } from './clock.ts'
import { openStandingBook } from './open-book.ts'
import { openBroker } from './open-broker.ts'

/** Of one account: what a sweep would do, or why nobody can say. */
export type DrySweep =
  | { readonly account: string; readonly unknown: string }
  | ({ readonly unknown: null } & SweepPreview)

export interface DrySweepReport {
  /** False: no book was ever made; the broker is compared with an empty one. */
  readonly book: boolean
  readonly accounts: readonly DrySweep[]
}

/** @throws BookUnavailable */
export async function drySweep(config: Config, accounts: readonly AccountConfig[]): Promise<DrySweepReport> {
  const standing = await openStandingBook(config.book)
  const book = standing ?? (await openEmbeddedBook({ file: ':memory:' }))
  try {
    const previews = await Promise.all(accounts.map(async (account) => await previewOf(account, config, book)))
    return { book: standing !== null, accounts: previews }
  } finally {
    await book.close()
  }
}

async function previewOf(account: AccountConfig, config: Config, book: Book): Promise<DrySweep> {
  const now = clockOf(config)
  const credentials = readableCredentials(account)
  if (credentials === null)
    return { account: account.id, unknown: 'its credentials cannot be read here: truebook doctor says why' }
  try {
    const sharedBy = config.accounts.filter(({ venue }) => venue === account.venue).length
    const broker = await openBroker(account, { credentials, clock: now, sharedBy })
    try {
      const preview = await previewSweep({ book, broker, now, pause: async (ms) => await pause(ms) })
      return { unknown: null, ...preview }
    } finally {
      await broker.close()
    }
  } catch (error) {
    // A venue that does not answer, or does not take the key, says nothing about the other accounts.
    if (!(error instanceof BrokerUnavailable || error instanceof CommandRefused)) throw error
    return { account: account.id, unknown: error.message }
  }
}
