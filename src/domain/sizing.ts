/** Which size an entry gets at an account, and how many contracts that is. Pure; contracts are not yet on the lot. */
import { type Decimal, type DecimalString, decimal } from './decimal.ts'
import type { Instrument } from './instrument.ts'
import type { AccountPolicy, Denial, SizeRule } from './policy.ts'
import type { OpenSignal, ReverseSignal } from './signal.ts'

/** A size rule and who set it. */
export interface Sizing {
  readonly rule: SizeRule
  readonly setBy: 'strategy_sizing' | 'sizing' | 'signal'
}

/** The account's size for the strategy goes before its size for all, and that before the signal's; null when nobody set one. */
export function sizingOf(
  policy: Pick<AccountPolicy, 'sizing' | 'strategySizing'>,
  signal: Pick<OpenSignal | ReverseSignal, 'strategy' | 'size'>,
): Sizing | null {
  const byStrategy = Object.hasOwn(policy.strategySizing, signal.strategy)
    ? policy.strategySizing[signal.strategy]
    : undefined
  if (byStrategy !== undefined) return { rule: byStrategy, setBy: 'strategy_sizing' }
  if (policy.sizing !== null) return { rule: policy.sizing, setBy: 'sizing' }
  return signal.size === undefined ? null : { rule: signal.size, setBy: 'signal' }
}

/** A sizing in words, e.g. `risk_usd 500 by strategy_sizing`. */
export function sizingText({ rule, setBy }: Sizing): string {
  return `${rule.type} ${rule.value} by ${setBy}`
}

/** Denial of an entry that nobody sized. */
export function unsized(policy: Pick<AccountPolicy, 'account'>, strategy: string): Denial {
  return {
    gate: 'size',
    limit: `size in the signal, or sizing or strategy_sizing."${strategy}" of account ${policy.account} in the configuration`,
    observed: 'none of them',
  }
}

export interface SizeInputs {
  readonly rule: SizeRule
  readonly instrument: Instrument
  readonly mark: Decimal
  /** Broker equity, USD; null when it was not read. */
  readonly equity: Decimal | null
  /** Where the entry is expected to fill; never where the stop stands. */
  readonly reference: Decimal
  readonly stopLoss: DecimalString | null
}

/**
 * Contracts that a rule asks for. Order value counts at the mark; risk is the way from the expected entry price to the stop,
 * before slippage and fees. Both count the instrument's multiplier.
 */
export function contractsOf({ rule, instrument, mark, equity, reference, stopLoss }: SizeInputs): Decimal | Denial {
  const value = decimal(rule.value)
  const perContract = mark.times(instrument.multiplier)
  switch (rule.type) {
    case 'contracts':
      return value
    case 'notional_usd':
      return value.div(perContract)
    case 'equity_fraction':
      if (equity === null) return { gate: 'equity', limit: 'known', observed: 'not read' }
      return equity.times(value).div(perContract)
    case 'risk_usd': {
      if (stopLoss === null) return { gate: 'stop-required', limit: 'stop_loss for size risk_usd', observed: 'none' }
      return value.div(reference.minus(stopLoss).abs().times(instrument.multiplier))
    }
  }
}
