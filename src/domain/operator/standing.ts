/**
 * What stands against letting exposure back in. It forbids nothing: whoever re-arms reads it first. Pure, and without ages, since a
 * confirmation is only good while this is as it was shown.
 */
import { isAcknowledged } from '../alerts.ts'
import { controlIdOf, scopeOfControl, scopeText } from '../control.ts'
import type { AccountId } from '../ids.ts'
import { accountRowIn, type OperatorView } from './view.ts'

/** One sentence each; `armed` is the row id of the switch that is about to be turned on, which does not stand against itself. */
export function standingAgainst(
  accounts: readonly AccountId[],
  view: OperatorView,
  armed: string | null = null,
): string[] {
  return [
    ...accounts.flatMap((account) => [
      ...stateLines(account, view),
      ...unknownLines(account, view),
      ...sweepLines(account, view),
    ]),
    ...alertLines(accounts, view),
    ...haltLines(accounts, view, armed),
  ]
}

function stateLines(account: AccountId, view: OperatorView): string[] {
  const row = accountRowIn(view, account)
  if (row === undefined) return []
  const state = row.state === 'active' ? [] : [`${account} is ${row.state}: its entries stay denied.`]
  const locks = Object.entries(row.locks)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([instrument, lock]) => {
      const where = instrument === '*' ? 'the whole account' : instrument
      return `${account}: entries on ${where} are locked (${lock.reason}).`
    })
  return [...state, ...locks]
}

function unknownLines(account: AccountId, view: OperatorView): string[] {
  const unknown = view.intents.filter(({ row }) => row.account === account && row.state === 'unknown').length
  return unknown === 0 ? [] : [`${account}: the outcome of ${counted(unknown, 'order')} is not known.`]
}

function sweepLines(account: AccountId, view: OperatorView): string[] {
  const last = view.sweeps.find(({ row }) => row.account === account)?.row
  if (last === undefined) return [`${account}: no sweep has compared broker and book yet.`]
  return last.complete ? [] : [`${account}: the last sweep was incomplete, it concluded nothing.`]
}

function alertLines(accounts: readonly AccountId[], view: OperatorView): string[] {
  return view.alerts
    .map(({ row }) => row)
    .filter((row) => row.severity === 'critical' && row.active && !isAcknowledged(row))
    .filter((row) => row.account === '*' || accounts.includes(row.account))
    .toSorted((a, b) => (a.alertId < b.alertId ? -1 : 1))
    .map((row) => `Critical and not acknowledged, ${row.account === '*' ? 'all accounts' : row.account}: ${row.title}.`)
}

function haltLines(accounts: readonly AccountId[], view: OperatorView, armed: string | null): string[] {
  const ids = new Set(['global', ...accounts.map((account) => controlIdOf({ kind: 'account', account }))])
  return view.controls
    .filter(({ id, row }) => !row.tradingEnabled && id !== armed && (ids.has(id) || id.startsWith('strategy.')))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap(({ id, row }) => {
      const scope = scopeOfControl(id)
      return scope === null ? [] : [`Entries of ${scopeText(scope)} stay halted by ${row.by}: ${row.why}.`]
    })
}

/** `1 order`, `3 orders`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
