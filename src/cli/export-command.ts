/** `truebook export`: rows of the book as a file, every digit kept. Reads the book itself, like `audit verify`, and changes nothing. */
import { createWriteStream, linkSync, lstatSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Book } from '#book/book.ts'
import { loadConfig } from '#config/load-config.ts'
import type { Cell, ColumnHead } from '#export/column.ts'
import { DATASETS, type DatasetName } from '#export/datasets.ts'
import { writeParquet } from '#export/parquet.ts'
import { accountsOf, readRows } from '#export/read-rows.ts'
import { csvText, jsonText } from '#export/text-formats.ts'
import { CommandFailed, EXIT } from './failure.ts'
import { say } from './print.ts'
import { standingBook } from './standing-book.ts'

export interface ExportChoice {
  readonly config: string
  readonly format: 'csv' | 'parquet' | 'json'
  readonly out: string
  /** Replace a file that is there. */
  readonly force?: boolean
  readonly account?: string
  /** ms, inclusive */
  readonly from?: number
  readonly to?: number
}

/** @throws ConfigError, BookUnavailable, CommandFailed; the system's error when the file cannot be written */
export async function exportRows(dataset: DatasetName, options: ExportChoice): Promise<void> {
  const { book: place, accounts } = loadConfig(options.config)
  if (place.type === 'embedded' && resolve(options.out) === resolve(place.file))
    throw new CommandFailed('Expected another file than the book itself, saw the book: it was not touched.', EXIT.usage)
  if (!options.force) requireFree(options.out)
  const book = await standingBook(place)
  try {
    await requireAccount(
      book,
      accounts.map(({ id }) => id),
      options.account,
    )
    const count = await write(book, dataset, options)
    say(`${count} rows of ${dataset} written to ${options.out}`)
  } finally {
    await book.close()
  }
}

/** A wrong name would read like an account without rows. @throws CommandFailed, BookUnavailable */
async function requireAccount(book: Book, configured: readonly string[], account: string | undefined): Promise<void> {
  if (account === undefined) return
  const known = [...new Set([...configured, ...(await accountsOf(book))])]
  if (known.includes(account)) return
  throw new CommandFailed(`Expected one of the accounts ${known.join(', ')}, saw ${account}.`, EXIT.usage)
}

/** The file appears whole or not at all, readable by its owner like the book itself. Answers how many rows it holds. */
async function write(book: Book, dataset: DatasetName, options: ExportChoice): Promise<number> {
  const { out, format, force = false, account = null, from = null, to = null } = options
  const columns: readonly ColumnHead[] = DATASETS[dataset].columns
  // A folder of ours beside it: whatever others put there under a name that could be known is neither followed nor written over.
  const folder = mkdtempSync(`${out}.part-`)
  try {
    const unfinished = join(folder, 'rows')
    writeFileSync(unfinished, '', { flag: 'wx', mode: 0o600 })
    const count = { rows: 0 }
    const rows = counted(readRows(book, { dataset, account, from, to }), count)
    if (format === 'parquet') await writeParquet(unfinished, columns, rows)
    else {
      const text = format === 'csv' ? csvText(columns, rows) : jsonText(columns, rows)
      await pipeline(Readable.from(text), createWriteStream(unfinished))
    }
    if (force) renameSync(unfinished, out)
    else putNew(unfinished, out)
    return count.rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A link, unlike a move, never takes the place of what came there meanwhile. @throws CommandFailed */
function putNew(unfinished: string, out: string): void {
  try {
    linkSync(unfinished, out)
  } catch (error) {
    requireFree(out)
    // Not every file system has links.
    if (!(error instanceof Error && 'code' in error && (error.code === 'EPERM' || error.code === 'ENOTSUP')))
      throw error
    renameSync(unfinished, out)
  }
}

/** @throws CommandFailed */
function requireFree(out: string): void {
  if (lstatSync(out, { throwIfNoEntry: false }) === undefined) return
  const seen = `Expected no file at ${out}, saw one: it was not touched. Name another, or replace it: --force.`
  throw new CommandFailed(seen, EXIT.refused)
}

async function* counted(
  rows: AsyncIterable<readonly Cell[]>,
  count: { rows: number },
): AsyncGenerator<readonly Cell[], void, undefined> {
  for await (const cells of rows) {
    count.rows += 1
    yield cells
  }
}
