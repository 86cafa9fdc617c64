/**
 * The switches for new exposure: one for everything, one for each account, one for each strategy. Entries need all that are about them
 * to be on. A switch that nobody has ever touched is on.
 */
import type { ControlRow } from './account.ts'
import type { AccountId } from './ids.ts'

/** What a switch is about. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'account'; readonly account: AccountId }
  | { readonly kind: 'strategy'; readonly strategy: string }

/** A switch as the book keeps it. */
export interface HeldControl {
  /** See `controlIdOf`. */
  readonly id: string
  readonly row: ControlRow
}

/** A switch that is off. */
export interface Halt {
  readonly scope: Scope
  readonly row: ControlRow
}

const GLOBAL = 'global'

/** A switch that nobody has ever touched: the book has no row of it. */
export const UNTOUCHED_SWITCH: ControlRow = { tradingEnabled: true, by: 'default', why: 'never changed', at: 0 }

/** Row id of a switch: `global`, `account.<id>` or `strategy.<name>`. */
export function controlIdOf(scope: Scope): string {
  if (scope.kind === 'all') return GLOBAL
  return scope.kind === 'account' ? `account.${scope.account}` : `strategy.${scope.strategy}`
}

/** What the switch of a row id is about; null for an id that none of ours has. */
export function scopeOfControl(id: string): Scope | null {
  if (id === GLOBAL) return { kind: 'all' }
  if (id.startsWith('account.')) return { kind: 'account', account: id.slice('account.'.length) }
  return id.startsWith('strategy.') ? { kind: 'strategy', strategy: id.slice('strategy.'.length) } : null
}

/** Row ids of the switches that an entry of a strategy at an account needs to be on. */
export function controlsOver(account: AccountId, strategy: string): readonly string[] {
  return [GLOBAL, controlIdOf({ kind: 'account', account }), controlIdOf({ kind: 'strategy', strategy })]
}

/** The first of these switches that is off; null: none is. */
export function firstHalt(controls: readonly (HeldControl | null)[]): Halt | null {
  for (const held of controls) {
    if (held === null || held.row.tradingEnabled) continue
    const scope = scopeOfControl(held.id)
    if (scope !== null) return { scope, row: held.row }
  }
  return null
}

/** A scope in words: `everything`, `account hl-main`, `strategy trend`. */
export function scopeText(scope: Scope): string {
  if (scope.kind === 'all') return 'everything'
  return scope.kind === 'account' ? `account ${scope.account}` : `strategy ${scope.strategy}`
}
