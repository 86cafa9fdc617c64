/** What the console knows, as signals: the overview, how fresh it is, and the verdict that follows from both. */
import { computed, signal } from '@preact/signals'
import type { OverviewAnswer, OverviewPart } from '#http/overview-wire.ts'
import { type Verdict, ageText, verdictOf } from '#http/overview/verdict.ts'

/** connecting: nothing heard yet. live: heard within moments. lost: the server is silent. trouble: it cannot read the book. */
export type Connection = 'connecting' | 'live' | 'lost' | 'trouble' | 'signed-out'

export const overview = signal<OverviewAnswer | null>(null)
export const connection = signal<Connection>('connecting')
/** When the server last said that it read the book, by its own clock, ms. */
export const heardAt = signal(0)
/** The server's clock, ms; moves each second. */
export const now = signal(Date.now())
/** Why the server cannot read the book, in its words. */
export const trouble = signal('')

/** PAPER or LIVE, from the page itself: known before anything was heard. */
export const mode = document.documentElement.dataset['mode'] === 'live' ? 'live' : 'paper'

/** Whether what is on the screen is as fresh as it looks. */
export const isLive = computed(() => connection.value === 'live')

/** The one line. Doubt about the connection comes before anything that was heard through it. */
export const verdict = computed((): Verdict => {
  const seen = overview.value
  if (seen === null) return { state: 'unknown', text: 'nothing heard from Truebook yet' }
  if (connection.value === 'live') return verdictOf(seen, now.value)
  const what = connection.value === 'trouble' ? trouble.value : 'connection to Truebook lost; what you see is old.'
  return { state: 'unknown', text: `${what} Last heard ${ageText(now.value - heardAt.value)} ago` }
})

/** The overview with one part replaced. */
export function withPart(before: OverviewAnswer, change: OverviewPart): OverviewAnswer {
  if (change.part !== 'account') return { ...before, [change.part]: change.value }
  const { value } = change
  return { ...before, accounts: before.accounts.map((account) => (account.id === value.id ? value : account)) }
}
