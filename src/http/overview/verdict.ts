/**
 * Whether the book is true, in one line: drift before doubt, doubt before equality. Runs in the browser too, because a look at the broker
 * grows old while nothing happens. Pure, and without any package.
 */
import type { AccountOverview, OverviewAnswer, SideBySide } from '../overview-wire.ts'

export type VerdictState = 'equal' | 'drift' | 'unknown'

export interface Verdict {
  readonly state: VerdictState
  /** For people; says what stands against it. */
  readonly text: string
}

/** The verdict about one account at `now`, ms. */
export function accountVerdict(account: AccountOverview, now: number, staleAfterMs: number): Verdict {
  const drifting = account.sides.filter(isDrift)
  const [first] = drifting
  const foreign = account.last_sweep?.findings.filter(({ kind }) => kind === 'foreign-order') ?? []
  if (first !== undefined) {
    const more = drifting.length > 1 ? ` and ${drifting.length - 1} more` : ''
    return { state: 'drift', text: `${first.instrument} ${sideText(first)}${more}` }
  }
  if (foreign.length > 0)
    return { state: 'drift', text: `a working order on ${foreign[0]?.instrument ?? ''} is not ours` }
  return doubtOf(account, now, staleAfterMs) ?? { state: 'equal', text: equalText(account, now) }
}

function doubtOf(account: AccountOverview, now: number, staleAfterMs: number): Verdict | null {
  const asOf = account.broker_as_of
  if (asOf === null) {
    const failed = account.last_sweep !== null && !account.last_sweep.complete
    return { state: 'unknown', text: failed ? `broker not read: ${account.last_sweep?.detail}` : 'broker not read yet' }
  }
  if (now - asOf > staleAfterMs) return { state: 'unknown', text: `broker not read for ${ageText(now - asOf)}` }
  return null
}

function equalText(account: AccountOverview, now: number): string {
  return `book equals broker, checked ${ageText(now - (account.broker_as_of ?? now))} ago`
}

/** The verdict about all accounts together. */
export function verdictOf({ accounts, stale_after_ms: staleAfter }: OverviewAnswer, now: number): Verdict {
  const all = accounts.map((account) => ({ account, verdict: accountVerdict(account, now, staleAfter) }))
  const drifting = all.filter(({ verdict }) => verdict.state === 'drift')
  const unknown = all.filter(({ verdict }) => verdict.state === 'unknown')
  const equal = all.length - drifting.length - unknown.length
  const [worst] = [...drifting, ...unknown]
  if (worst !== undefined) {
    const same = worst.verdict.state === 'drift' ? drifting.length : unknown.length
    const others = same > 1 ? `; ${same} accounts in all` : ''
    const doubt = worst.verdict.state === 'drift' && unknown.length > 0 ? `; ${unknown.length} unknown` : ''
    return { state: worst.verdict.state, text: `${worst.account.id}: ${worst.verdict.text}${others}${doubt}` }
  }
  if (all.length === 0) return { state: 'unknown', text: 'no account is configured' }
  const oldest = Math.min(...accounts.map((account) => account.broker_as_of ?? now))
  const text = `Book equals broker at ${equal} of ${all.length} ${all.length === 1 ? 'account' : 'accounts'}, checked ${ageText(now - oldest)} ago`
  return { state: 'equal', text: `${text}${movingText(accounts)}` }
}

function movingText(accounts: readonly AccountOverview[]): string {
  const sides = accounts.flatMap((account) => account.sides)
  const moving = sides.filter(({ drift }) => drift === 'unsettled').length
  const ignored = sides.filter((side) => side.ignored !== null).length
  return `${moving > 0 ? `; ${moving} on the way` : ''}${ignored > 0 ? `; ${ignored} ignored` : ''}`
}

/** A difference that stands: neither on its way nor let stand by an operator. */
export function isDrift(side: SideBySide): boolean {
  return side.drift !== null && side.drift !== 'unsettled' && side.ignored === null
}

function sideText({ book, broker }: SideBySide): string {
  return `book ${bookText(book)}, broker ${sizeText(broker?.size ?? null)}`
}

/** What the book holds, in the same words as `sizeText`. */
export function bookText(book: SideBySide['book']): string {
  return book === null ? 'flat' : `${book.side} ${book.size}`
}

/** A signed size in words: `long 2`, `short 0.5`, `flat`; null is `unknown`. */
export function sizeText(size: string | null): string {
  if (size === null) return 'unknown'
  if (size === '0') return 'flat'
  return size.startsWith('-') ? `short ${size.slice(1)}` : `long ${size}`
}

/** An age in the largest unit that says enough: `4 s`, `2 min`, `3 h`, `5 d`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 100) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`
}
