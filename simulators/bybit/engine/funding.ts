/** Funding: cash between longs and shorts every eight hours, served as executions and as settlements (reference section B4). */
import { toDecimalString, ZERO_STRING } from '#domain/decimal.ts'
import { notePosition } from './account.ts'
import { bookCash } from './execution.ts'
import { newId } from './ids.ts'
import { money } from './position.ts'
import type { Execution } from './record.ts'
import type { AccountState, PositionState, VenueState } from './state.ts'
import { emit } from './step.ts'

/** ms between two settlements. */
const INTERVAL_MS = 480 * 60_000

/** First settlement after a time: 00:00, 08:00 or 16:00 UTC. */
export function nextFunding(time: number): number {
  return (Math.floor(time / INTERVAL_MS) + 1) * INTERVAL_MS
}

/** Settles funding of every position at its mark and its symbol's rate: with a positive rate longs pay. */
export function settleFunding(state: VenueState): void {
  for (const account of state.accounts.values()) {
    for (const position of account.positions.values()) {
      if (!position.holding.size.isZero()) settlePosition(state, account, position)
    }
  }
}

function settlePosition(state: VenueState, account: AccountState, position: PositionState): void {
  const { market, holding } = position
  const value = holding.size.abs().times(market.mark)
  const owed = money(value.times(market.fundingRate))
  const paid = holding.size.isNegative() ? owed.neg() : owed
  const execution = fundingRow(state, account, position, { value: toDecimalString(value), paid: toDecimalString(paid) })
  position.curRealised = position.curRealised.minus(paid)
  position.cumRealised = position.cumRealised.minus(paid)
  account.executions.push(execution)
  bookCash(state, account, {
    type: 'SETTLEMENT',
    symbol: execution.symbol,
    side: execution.side,
    currency: 'USDT',
    qty: execution.execQty,
    size: toDecimalString(holding.size),
    tradePrice: execution.execPrice,
    funding: toDecimalString(paid.neg()),
    fee: ZERO_STRING,
    feeRate: execution.feeRate,
    cashFlow: ZERO_STRING,
    tradeId: execution.execId,
    orderId: execution.orderId,
    orderLinkId: '',
  })
  emit(state, () => ({ type: 'execution', account: account.name, execution }))
  notePosition(state, account, position)
}

function fundingRow(
  state: VenueState,
  account: AccountState,
  { market, holding }: PositionState,
  amounts: { readonly value: Execution['execValue']; readonly paid: Execution['execFee'] },
): Execution {
  const mark = toDecimalString(market.mark)
  return {
    execId: newId(state),
    symbol: market.instrument.symbol,
    orderId: `${Math.floor(state.time / 1000)}-${market.instrument.symbolId}-${account.uid}-1-0`,
    orderLinkId: '',
    side: holding.size.isNegative() ? 'Sell' : 'Buy',
    orderType: 'UNKNOWN',
    stopOrderType: 'UNKNOWN',
    createType: '',
    execType: 'Funding',
    execPrice: mark,
    execQty: toDecimalString(holding.size.abs()),
    execValue: amounts.value,
    execFee: amounts.paid,
    feeRate: toDecimalString(market.fundingRate),
    feeCurrency: 'USDT',
    isMaker: false,
    orderPrice: ZERO_STRING,
    orderQty: ZERO_STRING,
    leavesQty: ZERO_STRING,
    closedSize: ZERO_STRING,
    markPrice: mark,
    execPnl: ZERO_STRING,
    execTime: state.time,
    seq: ++market.seq,
  }
}
