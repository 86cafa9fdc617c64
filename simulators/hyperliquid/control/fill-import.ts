/**
 * Recorded fills as history to serve. The recording rounded its times to minutes and its trade ids to three digits, so
 * times are made unique within an account in file order, and trade ids are made anew from account and line.
 */
import { keccak } from '#simulators/hyperliquid/wire/bytes.ts'
import { Decimal, type DecimalString, decimalString, isDecimalText, toDecimalString } from '#domain/decimal.ts'
import { VenueControlError } from '#simulators/venue/control-command.ts'
import type { Fill } from '#simulators/hyperliquid/engine/record.ts'
import type { Venue } from '#simulators/hyperliquid/engine/venue.ts'

const HEADER = [
  'Account',
  'Coin',
  'Execution Price',
  'Size Tokens',
  'Size USD',
  'Side',
  'Timestamp IST',
  'Start Position',
  'Direction',
  'Closed PnL',
  'Transaction Hash',
  'Order ID',
  'Crossed',
  'Fee',
  'Trade ID',
  'Timestamp',
] as const
const IST_OFFSET_MS = 5.5 * 3_600_000
const IST_TIME = /^(\d\d)-(\d\d)-(\d{4}) (\d\d):(\d\d)$/

/** What an import did; lines count from 1, the header being line 1. */
export interface FillImportReport {
  readonly accounts: readonly { readonly user: string; readonly fills: number }[]
  readonly skipped: readonly { readonly line: number; readonly reason: string }[]
}

/** A row whose text cannot be a fill. */
class FillRowError extends Error {
  override readonly name = 'FillRowError'
}

/** Imports recorded fills. Rows that are no fills are skipped and reported. @throws VenueControlError on another header */
export function importFillRows(venue: Venue, csv: string): FillImportReport {
  const [header, ...lines] = csv.split(/\r?\n/)
  if (header?.split(',').join() !== HEADER.join()) {
    throw new VenueControlError(`Expected the columns ${HEADER.join(', ')}; saw ${JSON.stringify(header ?? '')}.`)
  }
  const byUser = new Map<string, Fill[]>()
  const skipped: { line: number; reason: string }[] = []
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    try {
      const { user, fill } = parseRow(line, index + 2)
      const fills = byUser.get(user) ?? []
      const last = fills.at(-1)?.time ?? -Infinity
      fills.push({ ...fill, time: Math.max(fill.time, last + 1) })
      byUser.set(user, fills)
    } catch (error) {
      if (!(error instanceof FillRowError)) throw error
      skipped.push({ line: index + 2, reason: error.message })
    }
  }
  for (const [user, fills] of byUser) venue.operator.importFills({ user, fills })
  return { accounts: [...byUser].map(([user, fills]) => ({ user, fills: fills.length })), skipped }
}

function parseRow(line: string, number: number): { readonly user: string; readonly fill: Fill } {
  const cells = line.split(',')
  if (cells.length !== HEADER.length) {
    throw new FillRowError(`expected ${HEADER.length} cells, saw ${cells.length}`)
  }
  const cell = (name: (typeof HEADER)[number]) => cells[HEADER.indexOf(name)]?.trim() ?? ''
  const user = cell('Account').toLowerCase()
  if (!/^0x[0-9a-f]{40}$/.test(user)) throw new FillRowError(`expected an account address, saw "${user}"`)
  const side = cell('Side') === 'BUY' ? 'B' : cell('Side') === 'SELL' ? 'A' : undefined
  if (side === undefined) throw new FillRowError(`expected side BUY or SELL, saw "${cell('Side')}"`)
  const oid = Number(cell('Order ID'))
  if (!Number.isSafeInteger(oid)) throw new FillRowError(`expected an order id, saw "${cell('Order ID')}"`)
  const coin = cell('Coin')
  const fill: Fill = {
    coin,
    px: decimalCell('Execution Price', cell('Execution Price')),
    sz: decimalCell('Size Tokens', cell('Size Tokens')),
    side,
    time: istTime(cell('Timestamp IST')),
    startPosition: decimalCell('Start Position', cell('Start Position')),
    dir: cell('Direction'),
    closedPnl: decimalCell('Closed PnL', cell('Closed PnL')),
    hash: cell('Transaction Hash'),
    oid,
    crossed: cell('Crossed') === 'TRUE',
    fee: decimalCell('Fee', cell('Fee')),
    tid: tradeId(user, number),
    feeToken: feeToken(coin, side),
    twapId: null,
  }
  return { user, fill }
}

/** A decimal; a spreadsheet has turned the smallest ones into the form `7.00E-05`. */
function decimalCell(name: string, text: string): DecimalString {
  if (isDecimalText(text)) return decimalString(text)
  if (/^-?\d+(\.\d+)?E-\d{1,2}$/.test(text)) return toDecimalString(new Decimal(text))
  throw new FillRowError(`expected a decimal in ${name}, saw "${text}"`)
}

/** Epoch ms of a minute in Indian time, day first. */
function istTime(text: string): number {
  const match = IST_TIME.exec(text)
  if (match === null) throw new FillRowError(`expected a time like 02-12-2024 22:50, saw "${text}"`)
  const [day, month, year, hour, minute] = match.slice(1).map(Number) as [number, number, number, number, number]
  return Date.UTC(year, month - 1, day, hour, minute) - IST_OFFSET_MS
}

/** 50 bits, like the venue's. */
function tradeId(user: string, line: number): number {
  const digest = keccak(new TextEncoder().encode(`${user}:${line}`))
  return Number(Buffer.from(digest).readBigUInt64BE(0) >> 14n)
}

/** Perpetual fees are in USDC; a spot fee is in the token received (reference section 4.3). */
function feeToken(coin: string, side: 'B' | 'A'): string {
  const isSpot = coin.startsWith('@') || coin.includes('/')
  return isSpot && side === 'B' ? coin : 'USDC'
}
