/**
 * Reads a whole fill file: every row becomes a perp fill, a spot fill or a row set aside with its reason. The file's
 * own sums are taken straight from the cells, so that what is built from the fills can be held against them.
 */
import { type Decimal, type DecimalString, ZERO, decimal, toDecimalString } from '#domain/decimal.ts'
import type { Fill } from '#domain/fill.ts'
import { parseAmount, splitLine } from './cells.ts'
import { type Header, parseHeader } from './columns.ts'
import { FillFileError, type NumberedLine, readLines } from './lines.ts'
import { type CellProblem, type RowRemark, cellOf, readRow } from './row.ts'

/** Sums of columns over rows; a cell that holds no number is counted, not summed. Fees sum over all tokens. */
export interface ColumnSums {
  readonly rows: number
  readonly closedPnl: DecimalString
  readonly fee: DecimalString
  readonly unreadablePnl: number
  readonly unreadableFee: number
}

/** A row that could not become a fill. */
export interface UnreadRow {
  readonly line: number
  readonly reason: 'malformed' | 'repeated-header'
  readonly problems: readonly CellProblem[]
  readonly closedPnl: DecimalString | null
  readonly fee: DecimalString | null
}

/** How often a remark was made, and where first. */
export interface RemarkCount extends RowRemark {
  readonly rows: number
  readonly firstLines: readonly number[]
}

export interface FillFile {
  /** Perpetuals, in file order; `raw.line` is the line. */
  readonly perp: readonly Fill[]
  /** Spot fills: balances that transfers and fees move too, so no position chain proves their history. */
  readonly spot: readonly Fill[]
  readonly unread: readonly UnreadRow[]
  readonly sums: ColumnSums
  readonly blankLines: number
  readonly unknownColumns: readonly string[]
  readonly remarks: readonly RemarkCount[]
  /** Lines whose price times size is not the size in USD they state. */
  readonly contradicting: ReadonlySet<number>
}

const REMARK_LINES = 5

/** Line of a fill that came from a file. */
export function lineOf(fill: Fill): number {
  return Number(fill.raw['line'])
}

/** Reads the file at a path. @throws FillFileError naming the file when it is no fill file; file system errors as they are */
export async function readFillFile(path: string): Promise<FillFile> {
  const reader = new FillFileReader()
  try {
    for await (const lines of readLines(path)) for (const line of lines) reader.take(line)
    return reader.finish()
  } catch (error) {
    throw error instanceof FillFileError ? new FillFileError(`${path}: ${error.message}`) : error
  }
}

/** Running sums of the two money columns. */
export class SumsBuilder {
  #rows = 0
  #closedPnl: Decimal = ZERO
  #fee: Decimal = ZERO
  #unreadablePnl = 0
  #unreadableFee = 0

  add(closedPnl: DecimalString | null, fee: DecimalString | null): void {
    this.#rows += 1
    if (closedPnl === null) this.#unreadablePnl += 1
    else this.#closedPnl = this.#closedPnl.plus(closedPnl)
    if (fee === null) this.#unreadableFee += 1
    else this.#fee = this.#fee.plus(fee)
  }

  finish(): ColumnSums {
    return {
      rows: this.#rows,
      closedPnl: toDecimalString(this.#closedPnl),
      fee: toDecimalString(this.#fee),
      unreadablePnl: this.#unreadablePnl,
      unreadableFee: this.#unreadableFee,
    }
  }
}

/** Adds sums of disjoint sets of rows. */
export function addSums(parts: readonly ColumnSums[]): ColumnSums {
  let closedPnl: Decimal = ZERO
  let fee: Decimal = ZERO
  const count = { rows: 0, unreadablePnl: 0, unreadableFee: 0 }
  for (const part of parts) {
    closedPnl = closedPnl.plus(decimal(part.closedPnl))
    fee = fee.plus(decimal(part.fee))
    count.rows += part.rows
    count.unreadablePnl += part.unreadablePnl
    count.unreadableFee += part.unreadableFee
  }
  return { ...count, closedPnl: toDecimalString(closedPnl), fee: toDecimalString(fee) }
}

class FillFileReader {
  #header: Header | null = null
  #headerText = ''
  readonly #perp: Fill[] = []
  readonly #spot: Fill[] = []
  readonly #unread: UnreadRow[] = []
  readonly #sums = new SumsBuilder()
  readonly #remarks = new Map<string, { remark: RowRemark; rows: number; firstLines: number[] }>()
  readonly #contradicting = new Set<number>()
  readonly #interned = new Map<string, string>()
  #blankLines = 0

  take(line: NumberedLine): void {
    if (line.text.trim() === '') this.#blankLines += 1
    else if (this.#header === null) {
      this.#header = parseHeader(splitLine(line.text) ?? [line.text])
      this.#headerText = line.text
    } else this.#row(this.#header, line)
  }

  finish(): FillFile {
    if (this.#header === null) throw new FillFileError('Expected a header line with column names, saw an empty file.')
    return {
      perp: this.#perp,
      spot: this.#spot,
      unread: this.#unread,
      sums: this.#sums.finish(),
      blankLines: this.#blankLines,
      unknownColumns: this.#header.unknown,
      remarks: [...this.#remarks.values()].map(({ remark, rows, firstLines }) => ({ ...remark, rows, firstLines })),
      contradicting: this.#contradicting,
    }
  }

  #row(header: Header, { number, text }: NumberedLine): void {
    const cells = splitLine(text)
    if (cells === null) {
      const seen = text.slice(0, 120)
      this.#setAside(number, 'malformed', [{ column: '(row)', expected: 'every quote closed', seen }], [null, null])
      return
    }
    // Cells of a row that is too long have shifted: none of them can be trusted to stand under its column.
    const shifted = cells.slice(header.width).some((cell) => cell !== '')
    const closedPnl = shifted ? null : (parseAmount(cellOf(header, cells, 'Closed PnL'))?.value ?? null)
    const fee = shifted ? null : (parseAmount(cellOf(header, cells, 'Fee'))?.value ?? null)
    if (text === this.#headerText) {
      this.#setAside(number, 'repeated-header', [], [closedPnl, fee])
      return
    }
    const row = readRow(header, cells, number)
    if (row.kind === 'malformed') {
      this.#setAside(number, 'malformed', row.problems, [closedPnl, fee])
      return
    }
    this.#sums.add(closedPnl, fee)
    for (const remark of row.remarks) this.#remark(remark, number)
    const { account, instrument, direction } = row.fill
    const fill = {
      ...row.fill,
      account: this.#intern(account),
      instrument: this.#intern(instrument),
      direction: this.#intern(direction),
    }
    if (row.spot) this.#spot.push(fill)
    else this.#perp.push(fill)
  }

  #setAside(
    line: number,
    reason: UnreadRow['reason'],
    problems: readonly CellProblem[],
    [closedPnl, fee]: readonly [DecimalString | null, DecimalString | null],
  ): void {
    this.#sums.add(closedPnl, fee)
    this.#unread.push({ line, reason, problems, closedPnl, fee })
  }

  #remark(remark: RowRemark, line: number): void {
    if (remark.code === 'size-usd-disagrees') this.#contradicting.add(line)
    const key = `${remark.code} ${remark.column}`
    const count = this.#remarks.get(key) ?? { remark, rows: 0, firstLines: [] }
    count.rows += 1
    if (count.firstLines.length < REMARK_LINES) count.firstLines.push(line)
    this.#remarks.set(key, count)
  }

  /** A million rows repeat few names: share one string each. */
  #intern(text: string): string {
    const known = this.#interned.get(text)
    if (known !== undefined) return known
    this.#interned.set(text, text)
    return text
  }
}
