/**
 * Whether a programme takes an entry, and of which size. The projected loss of everything that is open or on its way, this entry
 * included, must leave the buffer of every floor untouched. The first rule that forbids it answers, with limit and observed. Pure.
 */
import { Decimal, type DecimalString, ZERO, decimal, toDecimalString } from '../decimal.ts'
import type { EntryPlan } from '../entry-plan.ts'
import type { AccountId, InstrumentId } from '../ids.ts'
import { type Instrument, roundSizeDown } from '../instrument.ts'
import type { Denial } from '../policy.ts'
import type { PositionSide } from '../position.ts'
import { allowedTodayOf } from './consistency.ts'
import { floorsOf } from './floors.ts'
import { judge } from './judge.ts'
import type { ProgrammeRules, ProgrammeTerms } from './rules.ts'
import type { ProgrammeState } from './record.ts'

/** A position that is held or on its way. */
export interface Held {
  readonly instrument: InstrumentId
  readonly root: InstrumentId | null
  readonly side: PositionSide
  /** Contracts, working and reserved ones included. */
  readonly size: DecimalString
}

/** What one more entry is judged by. */
export interface ProgrammeEntry {
  readonly terms: ProgrammeTerms
  /** Observed just now. */
  readonly state: ProgrammeState
  readonly plan: EntryPlan
  readonly instrument: Instrument
  readonly side: PositionSide
  /** Of this account. */
  readonly held: readonly Held[]
  /** USD that `held` would still lose at its stops; null: a position has no stop to say so. */
  readonly openRisk: Decimal | null
  /** In other accounts of the same firm. */
  readonly elsewhere: readonly (Held & { readonly account: AccountId })[]
  readonly now: number
}

export type ProgrammeAnswer =
  | { readonly kind: 'denied'; readonly denial: Denial }
  /** `size`: contracts to enter, at most those of the plan; `warning` says why it is less. */
  | { readonly kind: 'allowed'; readonly size: DecimalString; readonly warning: string | null }

/** @throws RangeError for a zone that is none */
export function checkProgrammeEntry(entry: ProgrammeEntry): ProgrammeAnswer {
  const denial = firstDenial(entry)
  return denial === null ? sized(entry) : { kind: 'denied', denial }
}

function firstDenial(entry: ProgrammeEntry): Denial | null {
  const { terms, state, now } = entry
  return (
    automationDenial(terms) ??
    judge(state, terms, now).entries ??
    symbolDenial(terms.rules, entry.instrument) ??
    newsDenial(terms.rules, now) ??
    contractDenial(entry) ??
    hedgeDenial(entry) ??
    riskDenial(entry)
  )
}

function automationDenial({ rules, automationOverridden }: ProgrammeTerms): Denial | null {
  if (rules.automation !== 'no' || automationOverridden) return null
  return { gate: 'programme-automation', limit: 'a programme that allows automation', observed: `${rules.title}: no` }
}

function symbolDenial({ symbols }: ProgrammeRules, { instrument, root }: Instrument): Denial | null {
  if (symbols === null || symbols.includes(instrument) || (root !== null && symbols.includes(root))) return null
  return { gate: 'programme-symbols', limit: symbols.join(', '), observed: root ?? instrument }
}

function newsDenial({ news }: ProgrammeRules, now: number): Denial | null {
  const near = news?.instants.find((instant) => Math.abs(now - instant) <= news.withinMs)
  if (news === null || near === undefined) return null
  return {
    gate: 'programme-news',
    limit: `${news.withinMs} ms away from ${new Date(near).toISOString()}`,
    observed: `${Math.abs(now - near)} ms`,
  }
}

/** Contracts counted in minis. */
export function minisOf({ contracts }: ProgrammeRules, held: Pick<Held, 'root' | 'size' | 'instrument'>): Decimal {
  const size = decimal(held.size)
  if (contracts === null || !Object.hasOwn(contracts.micros, held.root ?? held.instrument)) return size
  return size.div(contracts.microsPerMini)
}

function contractDenial({ terms, plan, instrument, held }: ProgrammeEntry): Denial | null {
  const { rules } = terms
  if (rules.contracts === null) return null
  const reserved = held.reduce((sum, one) => sum.plus(minisOf(rules, one)), ZERO)
  const after = reserved.plus(minisOf(rules, { ...instrument, size: plan.size }))
  if (after.lte(rules.contracts.minis)) return null
  return {
    gate: 'programme-contracts',
    limit: `${rules.contracts.minis} minis, ${rules.contracts.microsPerMini} micros each`,
    observed: `${toDecimalString(after)} minis with the ${toDecimalString(reserved)} held or on their way`,
  }
}

/** The product that a micro and its mini share. */
function marketOf({ contracts }: ProgrammeRules, { root, instrument }: Pick<Held, 'root' | 'instrument'>): string {
  const product = root ?? instrument
  return (contracts !== null && Object.hasOwn(contracts.micros, product) ? contracts.micros[product] : null) ?? product
}

function hedgeDenial({ terms, instrument, side, held, elsewhere }: ProgrammeEntry): Denial | null {
  const { rules } = terms
  if (rules.hedging === 'allowed') return null
  const market = marketOf(rules, instrument)
  const own = held.map((one) => ({ ...one, account: 'this account' }))
  const opposite = [...own, ...elsewhere].find((one) => one.side !== side && marketOf(rules, one) === market)
  if (opposite === undefined) return null
  return {
    gate: 'programme-hedging',
    limit: `no opposite position on ${market} in any account of ${rules.firm}`,
    observed: `${opposite.side} ${opposite.size} ${opposite.instrument} in ${opposite.account}`,
  }
}

/** USD that one contract loses from its expected entry price to its stop; slippage and fees are the buffer's. Null without a stop. */
function lossPerContract({ plan, instrument }: Pick<ProgrammeEntry, 'plan' | 'instrument'>): Decimal | null {
  if (plan.stopLoss === null) return null
  return decimal(plan.reference).minus(plan.stopLoss).abs().times(instrument.multiplier)
}

function riskDenial(entry: ProgrammeEntry): Denial | null {
  const { terms, state, plan, openRisk } = entry
  const perContract = lossPerContract(entry)
  if (perContract === null)
    return { gate: 'programme-stop-required', limit: 'stop_loss, so that the loss can be projected', observed: 'none' }
  if (openRisk === null)
    return { gate: 'programme-open-risk', limit: 'a stop on every open position', observed: 'a position without one' }
  const loss = perContract.times(plan.size)
  const { maxRisk } = terms.rules
  const most = maxRisk === null ? null : decimal(maxRisk).times(terms.startBalance)
  if (most !== null && loss.gt(most)) {
    const limit = `${toDecimalString(most)} USD a position (${maxRisk ?? ''} of the start balance)`
    return { gate: 'programme-max-risk', limit, observed: `${toDecimalString(loss)} USD to the stop` }
  }
  const projected = loss.plus(openRisk)
  const short = floorsOf(state, terms).find(({ headroom, buffer }) => projected.gte(decimal(headroom).minus(buffer)))
  if (short === undefined) return null
  return {
    gate: `programme-${short.rule}`,
    limit: `less than ${toDecimalString(decimal(short.headroom).minus(short.buffer))} USD to lose: ${short.headroom} above the floor of ${short.floor}, ${short.buffer} kept free`,
    observed: `${toDecimalString(projected)} USD projected: ${toDecimalString(loss)} to this stop, ${toDecimalString(openRisk)} to those that stand`,
  }
}

/** A day that grows too good costs a payout, not the account: the entry is made smaller, never refused. */
function sized(entry: ProgrammeEntry): ProgrammeAnswer {
  const { terms, state, plan, instrument } = entry
  const allowed = allowedTodayOf(state, terms)
  const perContract = gainPerContract(entry)
  if (allowed === null || perContract === null || perContract.times(plan.size).lte(allowed.left))
    return { kind: 'allowed', size: plan.size, warning: null }
  const fitting = roundSizeDown(instrument, Decimal.max(allowed.left, ZERO).div(perContract))
  const size = Decimal.min(plan.size, Decimal.max(fitting, smallestOf(plan, instrument)))
  const warning = `consistency: ${allowed.text}; size ${toDecimalString(size)} instead of ${plan.size}`
  return { kind: 'allowed', size: toDecimalString(size), warning }
}

/** USD that one contract makes at its target, or at as much as it risks; null when neither is known. */
function gainPerContract(entry: ProgrammeEntry): Decimal | null {
  const { plan, instrument } = entry
  if (plan.takeProfit === null) return lossPerContract(entry)
  return decimal(plan.takeProfit).minus(plan.reference).abs().times(instrument.multiplier)
}

/** The smallest size the venue takes. */
function smallestOf(plan: EntryPlan, instrument: Instrument): Decimal {
  const perContract = decimal(plan.notional).div(plan.size)
  const lots = Decimal.max(1, decimal(instrument.minNotional).div(perContract).div(instrument.lot).ceil())
  return lots.times(instrument.lot)
}
