/** Which chain an action's record belongs to, and the row that holds that chain's head. */
import type { Stored, Write } from '#book/book.ts'
import { type AccountRow, type ControlRow, newAccountRow } from '#domain/account.ts'
import { type Scope, UNTOUCHED_SWITCH, controlIdOf } from '#domain/control.ts'
import type { AccountId } from '#domain/ids.ts'
import type { AuditSubject } from '#domain/records.ts'
import type { StoredView } from './tools.ts'

/** A row about to be written, fenced by its revision, and the subject that it is. */
export interface Holder<Row> {
  readonly about: AuditSubject
  /** As stored; null when the book has none yet. */
  readonly before: Row | null
  /** Writes the row as changed. */
  write(change: (row: Row) => Row): Write
}

/** The switch of a scope; one that nobody has touched yet is on. */
export function controlHolder(scope: Scope, { controls }: StoredView): Holder<ControlRow> {
  const id = controlIdOf(scope)
  const stored = controls.find((held) => held.id === id) ?? null
  const row = stored?.row ?? UNTOUCHED_SWITCH
  return {
    about: { kind: 'control', id },
    before: stored?.row ?? null,
    write: (change) =>
      stored === null
        ? { op: 'create', kind: 'control', id, row: change(row) }
        : { op: 'replace', kind: 'control', id, row: change(row), revision: stored.revision },
  }
}

/** The row of an account; made where the book has none yet. @throws RangeError for an account that this installation does not have */
export function accountHolder(account: AccountId, view: StoredView, now: number): Holder<AccountRow> {
  const viewed = view.accounts.find((entry) => entry.account === account)
  if (viewed === undefined) throw new RangeError(`Expected an account of this installation, saw "${account}".`)
  const stored: Stored<AccountRow> | null = viewed.held
  const row = stored?.row ?? newAccountRow(account, viewed.venue, now)
  return {
    about: { kind: 'accounts', id: account },
    before: stored?.row ?? null,
    write: (change) =>
      stored === null
        ? { op: 'create', kind: 'accounts', id: account, row: change(row) }
        : { op: 'replace', kind: 'accounts', id: account, row: change(row), revision: stored.revision },
  }
}

/** Where to record what changes no account and no switch: at its account, or at the switch of everything where it has none. */
export function recordHolder(
  account: AccountId | null,
  view: StoredView,
  now: number,
): { readonly about: AuditSubject; readonly write: Write } {
  const isOurs = view.accounts.some((entry) => entry.account === account)
  if (account === null || !isOurs) {
    const everything = controlHolder({ kind: 'all' }, view)
    return { about: everything.about, write: everything.write((row) => row) }
  }
  const holder = accountHolder(account, view, now)
  return { about: holder.about, write: holder.write((row) => row) }
}
