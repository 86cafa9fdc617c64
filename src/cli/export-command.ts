/** `truebook export`: rows of the book as a file, every digit kept. Reads the book itself, like `audit verify`, and changes nothing. */
import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Book } from '#book/book.ts'
import { openBook } from '#compose/open-book.ts'
import { loadConfig } from '#config/load-config.ts'
import type { Cell, ColumnHead } from '#export/column.ts'
import { DATASETS, type DatasetName } from '#export/datasets.ts'
import { writeParquet } from '#export/parquet.ts'
import { accountsOf, readRows } from '#export/read-rows.ts'
import { csvText, jsonText } from '#export/text-formats.ts'
import { CommandFailed, EXIT } from './failure.ts'
import { say } from './print.ts'

export interface ExportChoice {
  readonly config: string
  readonly format: 'csv' | 'parquet' | 'json'
  readonly out: string
  readonly account?: string
  /** ms, inclusive */
  readonly from?: number
  readonly to?: number
}

/** @throws ConfigError, BookUnavailable, CommandFailed; the system's error when the file cannot be written */
export async function exportRows(dataset: DatasetName, options: ExportChoice): Promise<void> {
  const { book: place, accounts } = loadConfig(options.config)
  // Opening an embedded book would make one.
  if (place.type === 'embedded' && !existsSync(place.file))
    throw new CommandFailed(`Expected a book at ${place.file}, saw no such file.`, EXIT.unavailable)
  const book = await openBook(place)
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

/** The file appears whole or not at all. Answers how many rows it holds. */
async function write(book: Book, dataset: DatasetName, { out, format, ...options }: ExportChoice): Promise<number> {
  const { account = null, from = null, to = null } = options
  const columns: readonly ColumnHead[] = DATASETS[dataset].columns
  const unfinished = `${out}.part`
  const count = { rows: 0 }
  const rows = counted(readRows(book, { dataset, account, from, to }), count)
  try {
    if (format === 'parquet') await writeParquet(unfinished, columns, rows)
    else {
      const text = format === 'csv' ? csvText(columns, rows) : jsonText(columns, rows)
      await pipeline(Readable.from(text), createWriteStream(unfinished))
    }
    renameSync(unfinished, out)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
  return count.rows
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
