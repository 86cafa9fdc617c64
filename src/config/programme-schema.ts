/** The rule file of a prop trading programme as its writer sees it: validation, defaults and the published JSON Schema in one. */
import { z } from 'zod'
import { type DecimalString, decimalString } from '#domain/decimal.ts'
import type { Allowance, ProgrammeRules } from '#domain/programme/rules.ts'
import { isZone } from '#domain/session/zone.ts'
import { money, name } from './scalars.ts'

const fraction = z
  .string()
  .regex(/^0\.\d{1,6}$/, 'a fraction below 1 in quotes, such as "0.04"')
  .describe('A fraction; "0.04" is 4 %.')
const day = z.iso.date().describe('A day, YYYY-MM-DD.')
const zone = z.string().max(64).refine(isZone, { message: 'an IANA time zone such as America/Chicago' })
const timeOfDay = z.strictObject({
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time in quotes, such as "15:10"'),
  zone,
})
const allowance = z.union([z.strictObject({ usd: money }), z.strictObject({ fraction })])
const symbol = z.string().regex(/^[A-Za-z0-9@._/-]{1,64}$/, 'an instrument or product such as NQ')

const dailyLoss = z.strictObject({
  basis: z
    .enum(['initial', 'prior_day', 'trailing_intraday', 'fixed'])
    .describe('Counted from the start of the day; trailing_intraday: from its highest equity.'),
  allowance: allowance.describe('A fraction is one of the start balance, with prior_day of the balance at day start.'),
  severity: z.enum(['soft', 'hard']).describe('soft ends the day, hard the account.'),
  includes_open_pnl: z.boolean(),
})

const drawdown = z.strictObject({
  type: z.enum(['static', 'eod_trailing', 'intraday_trailing']),
  allowance: allowance.describe('A fraction is one of the start balance.'),
  locks_at: z
    .union([z.enum(['none', 'start_balance']), z.strictObject({ start_plus: money })])
    .default('none')
    .describe('Where a trailing floor stops rising for good.'),
  basis: z.enum(['balance', 'equity']).describe('equity: open PnL counts.'),
})

const contractLimit = z.strictObject({
  minis: z.int().min(1).max(10_000).describe('Contracts at once, working orders included, counted in minis.'),
  micros_per_mini: z.int().min(1).max(1000).default(10),
  micros: z.record(symbol, symbol).default({}).describe('Mini by its micro, e.g. MNQ: NQ.'),
})

const consistency = z.strictObject({
  kind: z.enum(['best_day_of_total', 'best_day_of_positive_days']),
  fraction: fraction.describe(
    'Most that the best day may make of it. Entries get smaller towards it; none is refused.',
  ),
})

const news = z.strictObject({
  within_ms: z.int().min(1).max(86_400_000),
  instants: z.array(z.iso.datetime()).max(10_000).default([]).describe('Releases, UTC, e.g. 2026-12-04T13:30:00Z.'),
})

export const programmeFileSchema = z.strictObject({
  programme: name.describe('Stable name of this programme, stage and size.'),
  title: z.string().min(1).max(128),
  firm: name.describe('Accounts of one firm are looked at together where hedging is forbidden.'),
  stage: z.enum(['evaluation', 'funded', 'live']),
  as_of: day.describe('When somebody last compared this file with its source.'),
  source: z.url({ protocol: /^https$/ }),
  note: z.string().min(1).max(2000),
  start_balance: money.describe('USD; an account may state its own.'),
  profit_target: allowance.optional(),
  min_days: z.int().min(1).max(366).optional(),
  day: timeOfDay.describe("When the programme's day begins."),
  calendar: z.enum(['cme-equity-index']).optional().describe('Trading hours; short days move flat_by forward.'),
  daily_loss: dailyLoss.optional(),
  drawdown: drawdown.optional(),
  contracts: contractLimit.optional(),
  flat_by: timeOfDay.optional(),
  consistency: consistency.optional(),
  stop_within_ms: z.int().min(1000).max(86_400_000).optional(),
  max_risk: fraction.optional().describe('Most one position may lose at its stop, of the start balance.'),
  news: news.optional(),
  symbols: z.array(symbol).min(1).optional(),
  hedging: z.enum(['allowed', 'forbidden']).default('allowed').describe('Opposite positions in accounts of the firm.'),
  automation: z.enum(['yes', 'no', 'attended', 'unknown']),
  live_funded: z.enum(['allow', 'refuse']).default('refuse'),
  sites: z
    .enum(['any', 'personal-machine'])
    .default('any')
    .describe("personal-machine: orders must come from the trader's own device."),
  not_enforced: z
    .array(z.string().min(1).max(300))
    .default([])
    .describe('Published rules that Truebook cannot enforce.'),
})

type ProgrammeFile = z.output<typeof programmeFileSchema>

/** Turns a validated rule file into rules. */
export function rulesFrom(file: ProgrammeFile): ProgrammeRules {
  return {
    programme: file.programme,
    title: file.title,
    firm: file.firm,
    stage: file.stage,
    asOf: file.as_of,
    source: file.source,
    note: file.note,
    startBalance: decimalString(file.start_balance),
    profitTarget: file.profit_target === undefined ? null : allowanceFrom(file.profit_target),
    minDays: file.min_days ?? null,
    day: file.day,
    calendar: file.calendar ?? null,
    ...lossesFrom(file),
    contracts: contractsFrom(file.contracts),
    flatBy: file.flat_by ?? null,
    consistency:
      file.consistency === undefined
        ? null
        : { kind: file.consistency.kind, fraction: decimalString(file.consistency.fraction) },
    stopWithinMs: file.stop_within_ms ?? null,
    maxRisk: file.max_risk === undefined ? null : decimalString(file.max_risk),
    news:
      file.news === undefined
        ? null
        : { withinMs: file.news.within_ms, instants: file.news.instants.map((text) => Date.parse(text)) },
    symbols: file.symbols ?? null,
    hedging: file.hedging,
    automation: file.automation,
    liveFunded: file.live_funded,
    sites: file.sites,
    notEnforced: file.not_enforced,
  }
}

function lossesFrom({ daily_loss, drawdown: most }: ProgrammeFile): Pick<ProgrammeRules, 'dailyLoss' | 'drawdown'> {
  return {
    dailyLoss:
      daily_loss === undefined
        ? null
        : {
            basis: daily_loss.basis,
            allowance: allowanceFrom(daily_loss.allowance),
            severity: daily_loss.severity,
            includesOpenPnl: daily_loss.includes_open_pnl,
          },
    drawdown:
      most === undefined
        ? null
        : {
            type: most.type,
            allowance: allowanceFrom(most.allowance),
            locksAbove: lockFrom(most.locks_at),
            basis: most.basis,
          },
  }
}

function contractsFrom(contracts: ProgrammeFile['contracts']): ProgrammeRules['contracts'] {
  if (contracts === undefined) return null
  return { minis: contracts.minis, microsPerMini: contracts.micros_per_mini, micros: contracts.micros }
}

function lockFrom(locksAt: NonNullable<ProgrammeFile['drawdown']>['locks_at']): DecimalString | null {
  if (typeof locksAt === 'object') return decimalString(locksAt.start_plus)
  return locksAt === 'none' ? null : decimalString('0')
}

function allowanceFrom(file: NonNullable<ProgrammeFile['profit_target']>): Allowance {
  return 'usd' in file ? { usd: decimalString(file.usd) } : { fraction: decimalString(file.fraction) }
}
