/** Orders that the account's owner makes on the venue's own screen: market orders without a client order id. */
import { type Decimal, ZERO, parseDecimal, toDecimalString } from '#domain/decimal.ts'
import { ensureAccount, heldSize } from './account.ts'
import { VenueControlError } from '#simulators/venue/control-command.ts'
import type { HandTrade } from './operator-controls.ts'
import { coinOf, placeOrder } from './place-order.ts'
import { roundPrice } from './price-rules.ts'
import { staleQuotes } from './quotes.ts'
import type { Fill } from './record.ts'
import type { AccountState, VenueState } from './state.ts'

/** As the screen's market order: up to 8% past the mark, in as many orders as the depth makes necessary. */
const SLIPPAGE = '0.08'
const MOST_ORDERS = 200

/** Trades the whole size. @throws VenueControlError when nothing, or not all of it, could trade */
export function tradeByHand(state: VenueState, trade: HandTrade): readonly Fill[] {
  if (!state.coins.has(trade.coin)) throw new VenueControlError(`Expected a listed coin, saw ${trade.coin}.`)
  const account = ensureAccount(state, trade.user)
  const first = account.fills.length
  let left = parseDecimal(trade.sz)
  for (let orders = 0; left.gt(0) && orders < MOST_ORDERS; orders++) {
    const traded = tradeOnce(state, account, trade, left)
    if (traded.isZero()) break
    left = left.minus(traded)
  }
  if (left.gt(0)) {
    throw new VenueControlError(
      `Expected to trade ${trade.sz} ${trade.coin} by hand for ${trade.user}, ${toDecimalString(left)} of it found no counterparty or margin.`,
    )
  }
  return account.fills.slice(first)
}

function tradeOnce(state: VenueState, account: AccountState, trade: HandTrade, sz: Decimal): Decimal {
  const coin = coinOf(state, trade.coin)
  const isBuy = trade.side === 'B'
  const worst = isBuy ? coin.mark.times(1).plus(coin.mark.times(SLIPPAGE)) : coin.mark.minus(coin.mark.times(SLIPPAGE))
  const draft = {
    instrument: coin.instrument,
    isBuy,
    limitPx: roundPrice(worst, coin.instrument.szDecimals, isBuy ? 'up' : 'down'),
    sz,
    reduceOnly: trade.reduceOnly ?? false,
    tif: 'FrontendMarket' as const,
    trigger: null,
    isPositionTpsl: false,
    cloid: null,
    builder: null,
  }
  const { order } = placeOrder(state, account, draft, { kind: 'hand' })
  // Hands are patient: the next order meets fresh quotes even where depth is not refilled after each order.
  if (coin.quoting) staleQuotes(state, coin)
  return order.filledSz
}

/** Closes the whole position. @throws VenueControlError when flat */
export function closeByHand(state: VenueState, user: string, coin: string): readonly Fill[] {
  const account = state.accounts.get(user)
  const held = account === undefined ? ZERO : heldSize(account, coin)
  if (held.isZero()) throw new VenueControlError(`Expected ${user} to hold ${coin}, it is flat.`)
  const side = held.isNegative() ? ('B' as const) : ('A' as const)
  return tradeByHand(state, { user, coin, side, sz: toDecimalString(held.abs()), reduceOnly: true })
}
