/** `truebook status`: one screen that says whether the book is true, whether it may trade, who works, and what is wrong. */
import type { AccountOverview, OverviewAnswer, SideBySide, TradingScope } from '#http/overview-wire.ts'
import {
  accountVerdict,
  ageText,
  bookText,
  isDrift,
  sizeText,
  type Verdict,
  verdictOf,
} from '#http/overview/verdict.ts'
import type { SiteAnswer } from '#http/wire.ts'
import { commandAt } from '#queues/site.ts'
import { unexplainedCell } from './equity-command.ts'
import { openOperatorClient, type OperatorChoice, readReadiness } from './operator-client.ts'
import { colored, instant, say, sayJson, table } from './print.ts'

/** More alerts than a screen holds: `truebook alerts` shows them all. */
const ALERTS_SHOWN = 10

/** @throws CommandFailed with what the server said */
export async function showStatus(options: OperatorChoice & { readonly json?: boolean }): Promise<void> {
  const client = openOperatorClient(options)
  const [overview, ready] = await Promise.all([client.get<OverviewAnswer>('/v1/overview'), readReadiness(client.url)])
  // By the server's clock: ages of another machine's would be wrong by what the clocks differ.
  const verdict = verdictOf(overview, overview.now)
  if (options.json) return sayJson({ url: client.url, ...ready, verdict, ...overview })
  const mode = overview.mode === 'live' ? colored('LIVE, REAL MONEY', 'red') : 'paper'
  say(`${client.url}  ${mode}  ${ready.ready ? 'ready' : colored(notReady(ready.checks), 'red')}`)
  say(`${verdictWord(verdict)}  ${verdict.text}`)
  for (const line of [...overview.trading.map(scopeLine), ...workerLines(overview.workers)]) say(line)
  say(countsLine(overview))
  say('')
  say(accountTable(overview))
  const drifting = overview.accounts.flatMap(driftRows)
  if (drifting.length > 0) say(`\n${table(['account', 'drift', 'instrument', 'book', 'broker'], drifting)}`)
  for (const line of lockLines(overview.accounts)) say(line)
  for (const alert of overview.alerts.slice(0, ALERTS_SHOWN)) {
    const seen = alert.acknowledged ? ` (acknowledged by ${alert.acknowledged.by})` : ''
    say(`\n${alert.severity.toUpperCase()} ${alert.title}${seen}\n  ${alert.detail}`)
  }
  if (overview.alerts.length > ALERTS_SHOWN)
    say(`\n${overview.alerts.length - ALERTS_SHOWN} more alerts: truebook alerts`)
}

function notReady(checks: readonly { readonly check: string; readonly ok: boolean }[]): string {
  const failing = checks.filter(({ ok }) => !ok).map(({ check }) => check)
  return `NOT READY: ${failing.join(', ')} does not answer`
}

/** What a verdict is called on a terminal; the word says it without colour too. */
function verdictWord({ state }: Verdict): string {
  if (state === 'equal') return colored('EQUAL', 'green')
  return state === 'drift' ? colored('DRIFT', 'red') : colored('UNKNOWN', 'yellow')
}

function scopeLine({ scope, trading_enabled: enabled, by, why, at }: TradingScope): string {
  const what = scope === 'global' ? 'Trading' : `Trading of ${scope.replace('.', ' ')}`
  return enabled ? `${what} enabled` : `${what} ${colored('DISABLED', 'red')} by ${by} at ${instant(at)}: ${why}`
}

/** The rest of the status is in the book and can be told while Redis is away. */
function workerLines(sites: OverviewAnswer['workers']): string[] {
  if (sites === null) return ['Workers unknown: Redis does not say.']
  return sites.map(({ site, accounts, workers, unattended }: SiteAnswer) => {
    const place = site === null ? 'Workers' : `Workers of site ${site}`
    if (workers.length === 0)
      return `${place}: NONE for ${accounts.join(', ')}; start: ${commandAt('truebook worker', site)}`
    return `${place}: ${workers.length}${unattended.length === 0 ? '' : `, NONE for stages ${unattended.join(', ')}`}`
  })
}

function countsLine({ accounts, alerts, alerts_limit: limit, dead_jobs: dead }: OverviewAnswer): string {
  const positions = accounts.flatMap(({ sides }) => sides).filter(({ book }) => book !== null)
  const unseen = alerts.filter(({ acknowledged }) => !acknowledged).length
  const more = alerts.length >= limit ? ' or more' : ''
  const jobs = dead === null ? 'dead jobs unknown' : `dead jobs ${dead}`
  return `Open positions ${positions.length}, active alerts ${alerts.length}${more} (${unseen} not acknowledged), ${jobs}`
}

function accountTable({ accounts, now, stale_after_ms: staleAfter }: OverviewAnswer): string {
  const rows = accounts.map((account) => {
    const { equity, last_sweep: sweep } = account
    return [
      account.id,
      account.venue,
      account.state,
      // Without colour: the table pads by length.
      accountVerdict(account, now, staleAfter).state.toUpperCase(),
      equity?.brokerEquity,
      equity === null ? null : unexplainedCell(equity),
      account.open_orders,
      sweep === null ? null : `${ageText(now - sweep.finished_at)} ago${sweep.complete ? '' : ' (incomplete)'}`,
    ]
  })
  return table(['account', 'venue', 'entries', 'book', 'equity', 'unexplained', 'orders', 'last sweep'], rows)
}

/** Where book and broker differ, ignored ones included: whoever looks shall see them. */
function driftRows({ id, sides }: AccountOverview): string[][] {
  return sides
    .filter((side) => side.drift !== null)
    .map((side) => [id, driftWord(side), side.instrument, bookText(side.book), sizeText(side.broker?.size ?? null)])
}

/** How a difference is called; empty where there is none. */
export function driftWord(side: SideBySide): string {
  if (side.drift === null) return ''
  if (side.ignored !== null) return `${side.drift}, ignored by ${side.ignored.by}`
  return isDrift(side) ? `DRIFT ${side.drift}` : side.drift
}

function lockLines(accounts: readonly AccountOverview[]): string[] {
  return accounts.flatMap(({ id, locks }) =>
    Object.entries(locks).map(
      ([name, { reason }]) => `Entries of ${name === '*' ? id : `${id} ${name}`} locked: ${reason}`,
    ),
  )
}
