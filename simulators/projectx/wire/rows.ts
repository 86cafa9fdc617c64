/** Rows in the key sets and formats of the wire (reference C4), for REST with nulls and for the hubs without. */
import type { PrintRow } from '#simulators/projectx/engine/event.ts'
import type {
  AccountRow,
  BarRow,
  ContractRow,
  OrderRow,
  PositionRow,
  QuoteRow,
  TradeRow,
} from '#simulators/projectx/engine/record.ts'
import { jsonNumber } from './json.ts'
import { secondStamp, timestamp } from './timestamp.ts'

/** Digits below the point that fill prices are padded to, as captured. */
const FILL_PRICE_DIGITS = 9

export function accountJson(row: AccountRow): object {
  return { ...row, balance: jsonNumber(row.balance) }
}

export function contractJson(row: ContractRow): object {
  const { id, name, description, activeContract, symbolId } = row
  return {
    id,
    name,
    description,
    tickSize: jsonNumber(row.tickSize),
    tickValue: jsonNumber(row.tickValue),
    activeContract,
    symbolId,
  }
}

export function orderJson(row: OrderRow): object {
  return {
    ...row,
    creationTimestamp: timestamp(row.creationTimestamp),
    updateTimestamp: timestamp(row.updateTimestamp),
    limitPrice: jsonNumber(row.limitPrice),
    stopPrice: jsonNumber(row.stopPrice),
    filledPrice: jsonNumber(row.filledPrice === null ? null : padded(row.filledPrice)),
    trailPrice: jsonNumber(row.trailPrice),
  }
}

export function positionJson(row: PositionRow): object {
  return {
    ...row,
    creationTimestamp: timestamp(row.creationTimestamp),
    averagePrice: jsonNumber(row.averagePrice),
  }
}

/** A position that is gone has neither id nor time on the hub (captured). */
export function goneJson({
  accountId,
  contractId,
  contractDisplayName,
  type,
  size,
  averagePrice,
}: PositionRow): object {
  return { accountId, contractId, contractDisplayName, type, size, averagePrice: jsonNumber(averagePrice) }
}

export function tradeJson(row: TradeRow): object {
  return {
    ...row,
    creationTimestamp: timestamp(row.creationTimestamp),
    price: jsonNumber(row.price),
    profitAndLoss: jsonNumber(row.profitAndLoss),
    fees: jsonNumber(row.fees),
    commissions: jsonNumber(row.commissions),
  }
}

export function barJson({ start, open, high, low, close, volume }: BarRow): object {
  return {
    t: secondStamp(start),
    o: jsonNumber(open),
    h: jsonNumber(high),
    l: jsonNumber(low),
    c: jsonNumber(close),
    v: volume,
  }
}

/** A whole quote, as a subscription begins with; later ones say only what moves. */
export function quoteJson(row: QuoteRow, isWhole: boolean): object {
  const time = timestamp(row.time)
  const moving = {
    symbol: row.symbolId,
    lastPrice: jsonNumber(row.lastPrice),
    bestBid: jsonNumber(row.bestBid),
    bestAsk: jsonNumber(row.bestAsk),
    volume: row.volume,
    lastUpdated: time,
    timestamp: time,
  }
  if (!isWhole) return moving
  return { ...moving, open: jsonNumber(row.open), high: jsonNumber(row.high), low: jsonNumber(row.low) }
}

/** A public print; its type is the trade log's: 0 buy, 1 sell. */
export function printJson(row: PrintRow): object {
  const { symbolId, price, time, side, volume } = row
  return { symbolId, price: jsonNumber(price), timestamp: timestamp(time), type: side, volume }
}

/** Best bid and ask as depth rows; DomType 4 is the best bid, 3 the best ask. */
export function depthJson(row: QuoteRow): readonly object[] {
  const level = (type: number, price: QuoteRow['bestBid']) => ({
    timestamp: timestamp(row.time),
    type,
    price: jsonNumber(price),
    volume: 0,
    currentVolume: 0,
  })
  return [level(4, row.bestBid), level(3, row.bestAsk)]
}

function padded(digits: string): string {
  const [whole = '', fraction = ''] = digits.split('.')
  return `${whole}.${fraction.padEnd(FILL_PRICE_DIGITS, '0')}`
}
