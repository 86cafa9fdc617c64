/** Where an account stands under each rule of its programme, in words for people. Pure. */
import { type DecimalString, ZERO, decimal, toDecimalString } from '../decimal.ts'
import { localText } from '../session/session-gates.ts'
import { allowedTodayOf } from './consistency.ts'
import { type Held, minisOf } from './entry.ts'
import { floorsOf } from './floors.ts'
import { ENTRY_LEAD_MS, FLAT_LEAD_MS, flatWindowOf, judge } from './judge.ts'
import type { Allowance, ProgrammeTerms } from './rules.ts'
import type { ProgrammeState } from './record.ts'

/** One rule. `closed`: it closes entries now. `terms`: it is asked entry by entry, or is for people. */
export interface RuleStanding {
  readonly rule: string
  readonly limit: string
  readonly observed: string | null
  readonly headroom: string | null
  readonly state: 'ok' | 'closed' | 'terms'
}

/** Every rule of the programme, those that can end the account first. */
export function standingOf(
  state: ProgrammeState,
  terms: ProgrammeTerms,
  held: readonly Held[],
  now: number,
): RuleStanding[] {
  return [
    ...floorLines(state, terms),
    ...lockoutLine(state, terms, now),
    ...flatByLine(terms, now),
    ...contractLine(terms, held),
    ...consistencyLine(state, terms),
    ...termLines(terms),
  ]
}

function floorLines(state: ProgrammeState, terms: ProgrammeTerms): RuleStanding[] {
  return floorsOf(state, terms).map(({ rule, floor, observed, headroom, buffer, hard, inBuffer }) => ({
    rule: `${rule} (${hard ? 'hard' : 'soft'})`,
    limit: `floor ${floor} USD`,
    observed: `${observed} USD`,
    headroom: `${headroom} USD, ${toDecimalString(decimal(headroom).minus(buffer))} before we close`,
    state: inBuffer ? 'closed' : 'ok',
  }))
}

function lockoutLine(state: ProgrammeState, terms: ProgrammeTerms, now: number): RuleStanding[] {
  const { entries } = judge(state, terms, now)
  if (entries?.gate !== 'programme-lockout') return []
  return [{ rule: 'lockout', limit: entries.limit, observed: entries.observed, headroom: null, state: 'closed' }]
}

function flatByLine({ rules }: ProgrammeTerms, now: number): RuleStanding[] {
  const window = flatWindowOf(rules, now)
  if (window === null || rules.flatBy === null) return []
  const { zone } = rules.flatBy
  const minutes = (until: number): string => `${Math.max(0, Math.floor((until - now) / 60_000))} min`
  const closed = now >= window.at - ENTRY_LEAD_MS
  return [
    {
      rule: 'flat-by',
      limit: `flat from ${localText(zone, window.at)} until ${localText(zone, window.reopensAt)}; we ${FLAT_LEAD_MS / 60_000} min earlier`,
      observed: localText(zone, now),
      headroom: closed ? `reopens in ${minutes(window.reopensAt)}` : `${minutes(window.at - ENTRY_LEAD_MS)} of entries`,
      state: closed ? 'closed' : 'ok',
    },
  ]
}

function contractLine({ rules }: ProgrammeTerms, held: readonly Held[]): RuleStanding[] {
  if (rules.contracts === null) return []
  const used = held.reduce((sum, one) => sum.plus(minisOf(rules, one)), ZERO)
  const { minis, microsPerMini } = rules.contracts
  return [
    {
      rule: 'contracts',
      limit: `${minis} minis, ${microsPerMini} micros each`,
      observed: `${toDecimalString(used)} minis`,
      headroom: `${toDecimalString(ZERO.plus(minis).minus(used))} minis`,
      state: used.gte(minis) ? 'closed' : 'ok',
    },
  ]
}

function consistencyLine(state: ProgrammeState, terms: ProgrammeTerms): RuleStanding[] {
  const allowed = allowedTodayOf(state, terms)
  if (allowed === null) return []
  return [
    {
      rule: 'consistency',
      limit: `best day within ${terms.rules.consistency?.fraction ?? ''}: ${allowed.cap.toFixed(2)} USD today`,
      observed: `${toDecimalString(allowed.made)} USD today`,
      headroom: `${allowed.left.toFixed(2)} USD, then smaller entries`,
      state: 'ok',
    },
  ]
}

function termLines({ rules, startBalance, automationOverridden }: ProgrammeTerms): RuleStanding[] {
  const { maxRisk, stopWithinMs, news, symbols } = rules
  const lines: (readonly [rule: string, limit: string | null])[] = [
    ['max-risk', maxRisk === null ? null : `${usd(decimal(maxRisk).times(startBalance))} a position`],
    ['stop-deadline', stopWithinMs === null ? null : `a stop at the venue within ${stopWithinMs} ms`],
    ['news', news === null ? null : `${news.withinMs} ms around ${news.instants.length} listed instants`],
    ['symbols', symbols?.join(', ') ?? null],
    ['hedging', rules.hedging === 'forbidden' ? `none across accounts of ${rules.firm}` : null],
    ['automation', `${rules.automation}${automationOverridden ? ', overridden' : ''}`],
    ['profit-target', rules.profitTarget === null ? null : told(rules.profitTarget, startBalance)],
    ['min-days', rules.minDays === null ? null : String(rules.minDays)],
    ...rules.notEnforced.map((text) => ['not enforced', text] as const),
  ]
  return lines.flatMap(([rule, limit]) =>
    limit === null ? [] : [{ rule, limit, observed: null, headroom: null, state: 'terms' as const }],
  )
}

function told(allowance: Allowance, start: DecimalString): string {
  return 'usd' in allowance ? `${allowance.usd} USD` : usd(decimal(start).times(allowance.fraction))
}

function usd(amount: ReturnType<typeof decimal>): string {
  return `${toDecimalString(amount)} USD`
}
