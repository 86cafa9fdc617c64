/** Gathers what the gates need to know about an entry and asks them; the pure decisions are in domain/gates and entry-plan. */
import { type Decimal, decimal } from '#domain/decimal.ts'
import { type EntryPlan, type PlanInputs, planEntry } from '#domain/entry-plan.ts'
import { checkInstrument, checkMoney, checkStanding, needsEquity } from '#domain/gates.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { Denial } from '#domain/policy.ts'
import { checkSession } from '#domain/session/session-gates.ts'
import type { OpenSignal, ReverseSignal } from '#domain/signal.ts'
import { sizingOf, unsized } from '#domain/sizing.ts'
import { type AccountRow, newAccountRow } from '#domain/account.ts'
import { readSnapshot } from './account-view.ts'
import { readHalt } from './halt.ts'
import { askProgramme } from './programme-entry.ts'
import type { RouteView } from './route-view.ts'
import type { Tools, TradingAccount } from './worker.ts'

export type EntryDecision =
  | { readonly kind: 'denied'; readonly denial: Denial }
  | {
      readonly kind: 'approved'
      readonly plan: EntryPlan
      readonly instrument: Instrument
      readonly row: AccountRow
      /** Why the entry is smaller than it was asked for; null: it is not. */
      readonly warning: string | null
    }

/** @throws BookUnavailable, BrokerUnavailable */
export async function decideEntry(
  view: RouteView,
  signal: OpenSignal | ReverseSignal,
  tools: Tools,
): Promise<EntryDecision> {
  const trading = tools.account(view.envelope.account)
  const gates = trading.policy.gates
  const row = view.account?.row ?? newAccountRow(view.envelope.account, trading.policy.venue, view.now)
  const [halt, unsettled] = await Promise.all([
    readHalt(tools.book, view.envelope.account, signal.strategy),
    tools.book.list('intents', { where: { account: view.envelope.account, settled: false } }),
  ])
  const unknownOrders = unsettled.filter((stored) => stored.row.state === 'unknown').length
  const standing = checkStanding({ signal, gates, row, halt, unknownOrders, now: view.now })
  if (standing !== null) return { kind: 'denied', denial: standing }
  const sizing = sizingOf(trading.policy, signal)
  if (sizing === null) return { kind: 'denied', denial: unsized(trading.policy, signal.strategy) }
  const instrument = await listed(trading, signal.instrument, view.now)
  if ('gate' in instrument) return { kind: 'denied', denial: instrument }
  const tradable = checkInstrument(instrument, gates, row)
  if (tradable !== null) return { kind: 'denied', denial: tradable }
  const [mark, equity] = await Promise.all([
    trading.mark(instrument.instrument, view.now),
    needsEquity(sizing.rule, gates) ? equityOf(view, tools) : null,
  ])
  const inputs: PlanInputs = { signal, size: sizing.rule, instrument, mark: decimal(mark), equity }
  const plan = planEntry(inputs)
  if ('gate' in plan) return { kind: 'denied', denial: plan }
  const money = checkMoney({ plan, gates, row, mark: decimal(mark), equity, now: view.now })
  return money === null ? await underProgramme(view, inputs, plan, row, tools) : { kind: 'denied', denial: money }
}

/** What the account's programme makes of an entry that all other gates let through. @throws BookUnavailable, BrokerUnavailable */
async function underProgramme(
  { envelope, now }: RouteView,
  inputs: PlanInputs,
  plan: EntryPlan,
  row: AccountRow,
  tools: Tools,
): Promise<EntryDecision> {
  const { instrument, signal } = inputs
  const answer = await askProgramme({ account: envelope.account, plan, instrument, side: signal.side, row, now }, tools)
  if (answer.kind === 'denied') return answer
  const { size, warning } = answer
  if (size === plan.size) return { kind: 'approved', plan, instrument, row, warning }
  const smaller = planEntry({ ...inputs, size: { type: 'contracts', value: size } })
  return 'gate' in smaller
    ? { kind: 'denied', denial: smaller }
    : { kind: 'approved', plan: smaller, instrument, row, warning }
}

/** Broker equity no older than a mark may be. @throws BrokerUnavailable */
async function equityOf(view: RouteView, tools: Tools): Promise<Decimal> {
  const { account } = view.envelope
  const { markMaxAgeMs } = tools.account(account).policy.pace
  return decimal((await readSnapshot(tools, account, view.now - markMaxAgeMs)).equity)
}

/** The instrument that an entry by this name goes to now, or why none may be entered at this hour. @throws BrokerUnavailable */
async function listed(trading: TradingAccount, name: string, now: number): Promise<Instrument | Denial> {
  const limit = `an instrument, or a product with one active contract, at ${trading.policy.venue}`
  const instrument = await trading.front(name)
  if (instrument === null) return { gate: 'instrument-listed', limit, observed: name }
  return checkSession(instrument, now) ?? instrument
}
