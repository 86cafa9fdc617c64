/** What prices are worth: PnL of a move, open PnL and equity of an account. */
import { type Decimal, ZERO } from '#domain/decimal.ts'
import type { Product } from './contracts.ts'
import type { AccountState, Position, Trade } from './state.ts'

/** USD gained by `signed` contracts (positive long) as the price goes from `from` to `to`. */
export function gain(product: Product, signed: number, from: Decimal, to: Decimal): Decimal {
  return to.minus(from).times(product.tickValue).times(signed).div(product.tickSize)
}

/** Open PnL of a position at the last price, USD. */
export function openPnl(position: Position): Decimal {
  const { last, spec } = position.contract
  const direction = Math.sign(position.signed)
  return position.lots.reduce((sum, lot) => sum.plus(gain(spec.product, direction * lot.size, lot.price, last)), ZERO)
}

/** Balance and open PnL, USD. */
export function equityOf(account: AccountState): Decimal {
  let equity = account.balance
  for (const position of account.positions.values()) equity = equity.plus(openPnl(position))
  return equity
}

/** What a trade did to the balance, USD; nothing when it is voided. */
export function balanceEffect(trade: Trade): Decimal {
  if (trade.voided) return ZERO
  return (trade.pnl ?? ZERO).minus(trade.fees).minus(trade.commissions)
}
