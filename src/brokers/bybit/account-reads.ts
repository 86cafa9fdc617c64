/**
 * Positions and money of the account as one picture. The venue serves them by two endpoints, so positions are read before and after
 * the wallet, until both looks show the same (reference section B5).
 */
import { type DecimalString, ZERO_STRING, decimal, toDecimalString } from '#domain/decimal.ts'
import type { TokenRate } from '#domain/other-fees.ts'
import type { AccountSnapshot, BrokerPosition } from '#brokers/broker.ts'
import { BrokerProtocolError, BrokerUnavailable } from '#brokers/errors.ts'
import { distinctRows } from '#brokers/wire-answer.ts'
import { readPages } from './pages.ts'
import type { VenueSession } from './session.ts'
import { instrumentOf } from './symbols.ts'
import { SETTLE_COIN, signedSize } from './translate.ts'
import { positionSchema, walletSchema, type WirePosition } from './wire.ts'

const LOOKS_MAX = 4

/** @throws BrokerUnavailable also when the account trades too fast to be read whole; BrokerProtocolError in hedge mode */
export async function readAccount(session: VenueSession): Promise<AccountSnapshot> {
  let before = await readPositions(session)
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const query = { accountType: 'UNIFIED', coin: SETTLE_COIN }
    const wallet = await session.read('/v5/account/wallet-balance', query, walletSchema)
    const after = await readPositions(session)
    if (movesOf(before) === movesOf(after)) {
      const coin = wallet.data.list[0]?.coin.find((row) => row.coin === SETTLE_COIN) ?? emptyCoin(after)
      return snapshotOf(after, coin, wallet.time)
    }
    before = after
  }
  throw new BrokerUnavailable(`Bybit: positions changed during each of ${LOOKS_MAX} looks; try again in a moment.`)
}

const RATE_PLACES = 12

/**
 * What the venue values a coin of this wallet at, USD: its own `usdValue` over the equity in that coin. Null for a coin that the wallet
 * does not hold, or that is no collateral. @throws BrokerUnavailable
 */
export async function readTokenRate(session: VenueSession, token: string): Promise<TokenRate | null> {
  const query = { accountType: 'UNIFIED', coin: token }
  const { data, time } = await session.read('/v5/account/wallet-balance', query, walletSchema)
  const coin = data.list[0]?.coin.find((row) => row.coin === token)
  if (coin === undefined || decimal(coin.equity).lte(0) || decimal(coin.usdValue).lte(0)) return null
  return {
    rate: toDecimalString(decimal(coin.usdValue).div(coin.equity).toDecimalPlaces(RATE_PLACES)),
    source: `bybit wallet-balance: usdValue ${coin.usdValue} of ${coin.equity} ${token}`,
    ratedAt: time,
  }
}

async function readPositions(session: VenueSession): Promise<readonly WirePosition[]> {
  const query = { category: 'linear', settleCoin: SETTLE_COIN, limit: 200 }
  const { rows } = await readPages(session, '/v5/position/list', query, positionSchema)
  const hedged = rows.find((row) => row.positionIdx !== 0)
  if (hedged !== undefined) {
    throw new BrokerProtocolError(
      `Bybit position ${hedged.symbol}: expected one-way mode, saw hedge mode (positionIdx ${hedged.positionIdx}). ` +
        "Close it and switch the account to one-way mode on the venue's page.",
    )
  }
  return distinctRows(rows, ({ symbol }) => symbol, 'Bybit /v5/position/list').filter(
    (row) => !decimal(row.size).isZero(),
  )
}

/** What a trade changes; open PnL moves with every tick. */
function movesOf(rows: readonly WirePosition[]): string {
  return rows
    .map(({ symbol, side, size, seq }) => `${symbol} ${side} ${size} ${seq}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join()
}

interface Coin {
  readonly equity: DecimalString
  readonly unrealisedPnl: DecimalString
}

/** A wallet that never held the coin has no row of it; positions in it could not be. @throws BrokerProtocolError */
function emptyCoin(positions: readonly WirePosition[]): Coin {
  if (positions.length === 0) return { equity: ZERO_STRING, unrealisedPnl: ZERO_STRING }
  throw new BrokerProtocolError(
    `Bybit wallet-balance: expected a row of ${SETTLE_COIN} beside open positions, saw none.`,
  )
}

function snapshotOf(rows: readonly WirePosition[], coin: Coin, asOf: number): AccountSnapshot {
  return {
    equity: coin.equity,
    balance: toDecimalString(decimal(coin.equity).minus(coin.unrealisedPnl)),
    unrealised: coin.unrealisedPnl,
    restriction: restrictionOf(rows),
    positions: rows.map(brokerPositionOf),
    asOf,
  }
}

function brokerPositionOf(row: WirePosition): BrokerPosition {
  return {
    instrument: instrumentOf(row.symbol),
    size: signedSize(row.side, row.size),
    entryAverage: row.avgPrice,
    unrealised: row.unrealisedPnl,
    liquidationPrice: row.liqPrice,
  }
}

function restrictionOf(rows: readonly WirePosition[]): string | null {
  const words = rows.flatMap(({ symbol, isReduceOnly, positionStatus }) => [
    ...(isReduceOnly ? [`${symbol} isReduceOnly`] : []),
    ...(positionStatus === 'Normal' || positionStatus === '' ? [] : [`${symbol} positionStatus ${positionStatus}`]),
  ])
  return words.length === 0 ? null : words.join(', ')
}
