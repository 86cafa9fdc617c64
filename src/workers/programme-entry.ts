/** Gathers what a programme's rules need to know of one more entry and asks them; the decision is in domain/programme/entry. */
import type { AccountRow } from '#domain/account.ts'
import { Decimal, ZERO, decimal } from '#domain/decimal.ts'
import type { EntryPlan } from '#domain/entry-plan.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { Denial } from '#domain/policy.ts'
import type { PositionRow, PositionSide } from '#domain/position.ts'
import { type Held, type ProgrammeAnswer, type ProgrammeEntry, checkProgrammeEntry } from '#domain/programme/entry.ts'
import { LOOKS_TRUSTED, type ProgrammeRow } from '#domain/programme/row.ts'
import type { ProgrammeTerms } from '#domain/programme/rules.ts'
import { observe, recordOf } from '#domain/programme/state.ts'
import { readSnapshot } from './account-view.ts'
import { marketOf } from './market.ts'
import type { Tools } from './worker.ts'

/** The entry as planned so far. */
export interface PlannedEntry {
  readonly account: AccountId
  readonly plan: EntryPlan
  readonly instrument: Instrument
  readonly side: PositionSide
  readonly row: AccountRow
  readonly now: number
}

/** An account without a programme takes the plan as it is. @throws BookUnavailable, BrokerUnavailable */
export async function askProgramme(entry: PlannedEntry, tools: Tools): Promise<ProgrammeAnswer> {
  const { account, plan, now } = entry
  const { programme: terms, pace } = tools.account(account).policy
  if (terms === null) return { kind: 'allowed', size: plan.size, warning: null }
  const stored = await tools.book.load('programmes', account)
  const blind = unobserved(stored?.row ?? null, terms, now)
  if (blind !== null) return { kind: 'denied', denial: blind }
  const { equity, balance, restriction, positions } = await readSnapshot(
    tools,
    account,
    Math.max(now - pace.markMaxAgeMs, stored?.row.asOf ?? 0),
  )
  const held = heldBy(entry.row)
  const known = new Set(held.map(({ instrument }) => instrument))
  const [openRisk, elsewhere] = await Promise.all([
    positions.every(({ instrument }) => known.has(instrument)) ? openRiskOf(account, tools, now) : null,
    terms.rules.hedging === 'forbidden' ? heldElsewhere(account, terms, tools) : [],
  ])
  const state = observe(stored?.row.state ?? null, { equity, balance, restriction }, terms, now)
  return checkProgrammeEntry({ ...entry, terms, state, held, openRisk, elsewhere })
}

/** Nobody has looked lately: unavailable is not fine. */
function unobserved(row: ProgrammeRow | null, terms: ProgrammeTerms, now: number): Denial | null {
  const trustedMs = LOOKS_TRUSTED * terms.lookMs
  const gate = 'programme-unobserved'
  const limit = `a look within ${trustedMs} ms (runs stage guard)`
  if (row === null || row.state.record !== recordOf(terms))
    return { gate, limit, observed: `none under ${terms.rules.title}` }
  return now - row.asOf > trustedMs ? { gate, limit, observed: `${now - row.asOf} ms ago` } : null
}

/** Reserved, working and open alike. */
function heldBy({ exposures }: AccountRow): Held[] {
  return Object.entries(exposures).map(([instrument, { root, side, size }]) => ({ instrument, root, side, size }))
}

/** USD that everything of the book would still lose from its mark to its stop; null when one has no stop or no price. */
async function openRiskOf(account: AccountId, tools: Tools, now: number): Promise<Decimal | null> {
  const trading = tools.account(account)
  const open = await tools.book.list('positions', { where: { account, open: true } })
  const risks = await Promise.all(
    open
      .filter(({ row }) => row.state !== 'unresolved')
      .map(async ({ row }) => {
        const { instrument, mark } = await marketOf(trading, row.instrument, now)
        return instrument === null || mark === null ? null : riskOf(row, instrument, mark)
      }),
  )
  return risks.reduce<Decimal | null>((sum, risk) => (sum === null || risk === null ? null : sum.plus(risk)), ZERO)
}

/** A stop beyond the mark has been passed: its loss is in equity already. */
function riskOf(row: PositionRow, { multiplier }: Instrument, mark: Decimal): Decimal | null {
  const stop = row.discipline.stopLoss
  if (stop === null) return null
  const size = row.entrySettled ? decimal(row.size) : Decimal.max(row.size, row.plannedSize)
  const away = row.side === 'long' ? mark.minus(stop) : decimal(stop).minus(mark)
  return Decimal.max(away, ZERO).times(size).times(multiplier)
}

async function heldElsewhere(
  account: AccountId,
  { rules }: ProgrammeTerms,
  tools: Tools,
): Promise<ProgrammeEntry['elsewhere']> {
  const watched = await tools.book.list('programmes', { where: { firm: rules.firm } })
  const others = watched.map(({ id }) => id).filter((id) => id !== account)
  const rows = others.length === 0 ? [] : await tools.book.loadMany('accounts', others)
  return rows.flatMap((stored) =>
    stored === null ? [] : heldBy(stored.row).map((one) => ({ ...one, account: stored.row.account })),
  )
}
