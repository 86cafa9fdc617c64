/** Reads one row of a fill file into a fill, or says precisely which cell is wrong. Nothing is corrected silently. */
import { type DecimalString, ZERO_STRING, decimal } from '#domain/decimal.ts'
import { type Fill, fillIdOf, isSpotCoin } from '#domain/fill.ts'
import { type Amount, isRoundedId, parseAmount, parseEpoch, parseIst } from './cells.ts'
import type { Column, Header } from './columns.ts'

/** One cell that is not what its column demands. */
export interface CellProblem {
  readonly column: string
  readonly expected: string
  readonly seen: string
}

/** Remarks on a row that was read: it is used, but the reader of the report should know. */
export interface RowRemark {
  readonly code:
    | 'rounded-number'
    | 'size-usd-disagrees'
    | 'position-restored'
    | 'unknown-direction'
    | 'direction-disagrees'
    | 'start-position-disagrees'
  readonly column: Column
}

export type Row =
  | { readonly kind: 'fill'; readonly fill: Fill; readonly spot: boolean; readonly remarks: readonly RowRemark[] }
  | { readonly kind: 'malformed'; readonly problems: readonly CellProblem[] }

const ADDRESS = /^0x[0-9a-fA-F]{40}$/
const COIN = /^[\w@/:.#+-]{1,64}$/
const SIDES: Readonly<Record<string, Fill['side']>> = { BUY: 'buy', SELL: 'sell' }
const LIQUIDITY: Readonly<Record<string, Fill['liquidity']>> = { TRUE: 'taker', FALSE: 'maker' }

/** Reads the cells of one line. `line` is kept as the raw evidence: the file itself holds the rest. */
export function readRow(header: Header, cells: readonly string[], line: number): Row {
  const shape = checkShape(header, cells)
  if (shape !== null) return { kind: 'malformed', problems: [shape] }
  return new RowReader(header, cells).read(line)
}

/** A cell of a row by column; blank when the row is too short or the file has no such column. */
export function cellOf(header: Header, cells: readonly string[], column: Column): string {
  const index = header.at.get(column)
  return index === undefined ? '' : (cells[index] ?? '')
}

function checkShape(header: Header, cells: readonly string[]): CellProblem | null {
  const extra = cells.slice(header.width).some((cell) => cell !== '')
  if (cells.length === header.width || (cells.length > header.width && !extra)) return null
  const absent = header.names.slice(cells.length).join(', ')
  return {
    column: cells.length < header.width ? absent : '(row)',
    expected: `${header.width} cells`,
    seen: `${cells.length} cells`,
  }
}

class RowReader {
  readonly #header: Header
  readonly #cells: readonly string[]
  readonly #problems: CellProblem[] = []
  readonly #remarks: RowRemark[] = []

  constructor(header: Header, cells: readonly string[]) {
    this.#header = header
    this.#cells = cells
  }

  read(line: number): Row {
    const account = this.#matching('Account', ADDRESS, 'a 0x address of 40 hex digits').toLowerCase()
    const coin = this.#matching('Coin', COIN, 'a coin name')
    const price = this.#positive('Execution Price')
    const size = this.#positive('Size Tokens')
    const side = this.#oneOf('Side', SIDES, 'buy')
    const startPosition = this.#amount('Start Position')
    const closedPnl = this.#amount('Closed PnL')
    const venueOrderId = this.#matching('Order ID', /./, 'an order id')
    const liquidity = this.#oneOf('Crossed', LIQUIDITY, 'taker')
    const fee = this.#amount('Fee')
    const { time, exact } = this.#time()
    const tradeId = this.#cell('Trade ID')
    this.#checkSizeUsd(price, size)
    if (this.#problems.length > 0) return { kind: 'malformed', problems: this.#problems }
    const spot = isSpotCoin(coin)
    const identity = fillIdOf(account, coin, time, venueOrderId, tradeId)
    const identified = exact && tradeId !== '' && !isRoundedId(tradeId) && !isRoundedId(venueOrderId)
    const fill: Fill = {
      // A rounded trade id or time names no fill; an order moves a position one way, so its start position does.
      fillId: identified ? identity : `${identity}|${startPosition}|${side}|${size}@${price}`,
      account,
      venue: 'hyperliquid',
      instrument: coin,
      side,
      price,
      size,
      time,
      startPosition,
      closedPnl,
      fee,
      // The file has no such column: perps pay in USDC, a spot purchase in the coin bought.
      feeToken: spot && side === 'buy' ? coin : 'USDC',
      venueOrderId,
      tradeId,
      clientOrderId: null,
      liquidity,
      direction: this.#cell('Direction'),
      liquidation: null,
      hash: this.#cell('Transaction Hash'),
      raw: { line },
    }
    return { kind: 'fill', fill, spot, remarks: this.#remarks }
  }

  #cell(column: Column): string {
    return cellOf(this.#header, this.#cells, column)
  }

  #problem(column: Column, expected: string): void {
    this.#problems.push({ column, expected, seen: this.#cell(column) })
  }

  #matching(column: Column, pattern: RegExp, expected: string): string {
    const text = this.#cell(column)
    if (!pattern.test(text)) this.#problem(column, expected)
    return text
  }

  #oneOf<Value>(column: Column, values: Readonly<Record<string, Value>>, otherwise: Value): Value {
    const value = values[this.#cell(column).toUpperCase()]
    if (value !== undefined) return value
    this.#problem(column, Object.keys(values).join(' or '))
    return otherwise
  }

  #amount(column: Column): DecimalString {
    const amount: Amount | null = parseAmount(this.#cell(column))
    if (amount === null) {
      this.#problem(column, 'a plain decimal such as 12.5')
      return ZERO_STRING
    }
    if (amount.rounded) this.#remarks.push({ code: 'rounded-number', column })
    return amount.value
  }

  #positive(column: Column): DecimalString {
    const value = this.#amount(column)
    const known = this.#problems.at(-1)?.column === column
    if (!known && (value === ZERO_STRING || value.startsWith('-'))) this.#problem(column, 'a positive decimal')
    return value
  }

  #time(): { readonly time: number; readonly exact: boolean } {
    const ist = this.#header.at.has('Timestamp IST') ? parseIst(this.#cell('Timestamp IST')) : null
    const epoch = this.#header.at.has('Timestamp') ? parseEpoch(this.#cell('Timestamp')) : null
    if (epoch?.exact === true) return epoch
    if (this.#header.at.has('Timestamp') && epoch === null)
      this.#problem('Timestamp', '13 digits of epoch ms, or their rounded form such as 1.73E+12')
    if (ist !== null) return { time: ist, exact: false }
    if (this.#header.at.has('Timestamp IST')) this.#problem('Timestamp IST', 'DD-MM-YYYY HH:MM')
    return epoch ?? { time: 0, exact: false }
  }

  /** The file's own redundancy: price times size, rounded to cents or coarser. A contradiction is told, not judged. */
  #checkSizeUsd(price: DecimalString, size: DecimalString): void {
    const printed = parseAmount(this.#cell('Size USD'))
    if (printed === null || this.#problems.length > 0) return
    const value = decimal(printed.value)
    const halfUnit = decimal('0.005' as DecimalString)
    if (decimal(price).times(size).minus(value).abs().greaterThan(halfUnit)) {
      this.#remarks.push({ code: 'size-usd-disagrees', column: 'Size USD' })
    }
  }
}
