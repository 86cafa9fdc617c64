/** Commands that look: status, positions, alerts. */
import type {
  AlertsAnswer,
  ControlAnswer,
  EquityAnswer,
  PositionsAnswer,
  SiteAnswer,
  SitesAnswer,
  SweepsAnswer,
} from '#http/wire.ts'
import { CommandFailed } from './failure.ts'
import { openOperatorClient, type OperatorChoice, type OperatorClient, readReadiness } from './operator-client.ts'
import { unexplainedCell } from './equity-command.ts'
import { instant, say, sayJson, table } from './print.ts'

export interface Output {
  readonly json?: boolean
}

/** One screen: is it up, may it trade, what is open, what is wrong. */
export async function showStatus(options: OperatorChoice & Output): Promise<void> {
  const client = openOperatorClient(options)
  const [control, positions, alerts, equity, sweeps] = await Promise.all([
    client.get<ControlAnswer>('/v1/control'),
    client.get<PositionsAnswer>('/v1/positions'),
    client.get<AlertsAnswer>('/v1/alerts'),
    client.get<EquityAnswer>('/v1/equity'),
    client.get<SweepsAnswer>('/v1/sweeps?limit=1'),
  ])
  const ready = await readReadiness(client.url)
  const sites = await readSites(client)
  if (options.json) {
    const workers = 'sites' in sites ? sites : { sites: null, sites_unknown: sites.why }
    sayJson({ url: client.url, ...ready, control, ...positions, ...alerts, ...equity, ...sweeps, ...workers })
    return
  }
  say(`${client.url}  ${ready.ready ? 'ready' : 'NOT READY'}`)
  say(
    `Trading ${control.trading_enabled ? 'enabled' : `DISABLED by ${control.by} at ${instant(control.at)}: ${control.why}`}`,
  )
  say(`Open positions ${positions.positions.length}, active alerts ${alerts.alerts.length}`)
  for (const line of 'sites' in sites ? sites.sites.map(siteLine) : [`Workers unknown: ${sites.why}`]) say(line)
  const rows = equity.equity.map((row) => {
    const sweep = sweeps.sweeps.find((entry) => entry.account === row.account)
    const swept = sweep === undefined ? null : `${instant(sweep.finishedAt)}${sweep.complete ? '' : ' (incomplete)'}`
    return [
      row.account,
      row.brokerEquity,
      row.closedPnl,
      row.fees,
      row.funding,
      unexplainedCell(row),
      instant(row.asOf),
      swept,
    ]
  })
  if (rows.length > 0) {
    say('')
    say(table(['account', 'equity', 'closed PnL', 'fees', 'funding', 'unexplained', 'as of', 'last sweep'], rows))
  }
  for (const alert of alerts.alerts.slice(0, 10))
    say(`\n${alert.severity.toUpperCase()} ${alert.title}\n  ${alert.detail}`)
}

/** The rest of the status is in the book and can be told while Redis is away. */
async function readSites(client: OperatorClient): Promise<SitesAnswer | { readonly why: string }> {
  try {
    return await client.get<SitesAnswer>('/v1/sites')
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    return { why: error.message }
  }
}

function siteLine({ site, accounts, workers, unattended }: SiteAnswer): string {
  const place = site === null ? 'Workers' : `Workers of site ${site}`
  if (workers.length === 0) {
    return `${place}: NONE for ${accounts.join(', ')}; start: truebook worker${site === null ? '' : ` --site ${site}`}`
  }
  return `${place}: ${workers.length}${unattended.length === 0 ? '' : `, NONE for stages ${unattended.join(', ')}`}`
}

/** The book's positions; with `drift`, what the last sweep of each account found between broker and book. */
export async function showPositions(
  options: OperatorChoice & Output & { readonly drift?: boolean; readonly all?: boolean },
): Promise<void> {
  const client = openOperatorClient(options)
  if (options.drift) {
    const { sweeps } = await client.get<SweepsAnswer>('/v1/sweeps?limit=1')
    if (options.json) return sayJson({ sweeps })
    for (const sweep of sweeps) {
      const state = sweep.complete
        ? `${sweep.findings.length} findings`
        : `INCOMPLETE, nothing concluded: ${sweep.detail}`
      say(`${sweep.account}  swept ${instant(sweep.finishedAt)}  ${state}`)
      const rows = sweep.findings.map((found) => [found.kind, found.instrument, found.book, found.broker, found.action])
      if (rows.length > 0) say(table(['finding', 'instrument', 'book', 'broker', 'action'], rows))
    }
    if (sweeps.length === 0) say('No sweep yet; ask for one: truebook sweep --config FILE')
    return
  }
  const { positions } = await client.get<PositionsAnswer>(`/v1/positions?state=${options.all ? 'all' : 'open'}`)
  if (options.json) return sayJson({ positions })
  const rows = positions.map((row) => [
    row.positionId,
    row.account,
    row.instrument,
    row.side,
    row.state,
    row.size,
    row.entryAverage,
    row.nativeStop?.triggerPrice,
    row.exitReason,
    row.realised?.net,
  ])
  say(table(['position', 'account', 'instrument', 'side', 'state', 'size', 'entry', 'stop', 'exit', 'net PnL'], rows))
}

/** Alerts that stand, or all. */
export async function showAlerts(options: OperatorChoice & Output & { readonly all?: boolean }): Promise<void> {
  const { alerts } = await openOperatorClient(options).get<AlertsAnswer>(
    `/v1/alerts?state=${options.all ? 'all' : 'active'}`,
  )
  if (options.json) return sayJson({ alerts })
  const rows = alerts.map((row) => [
    instant(row.raisedAt),
    row.severity,
    row.kind,
    row.account,
    row.instrument,
    row.title,
  ])
  say(table(['raised', 'severity', 'kind', 'account', 'instrument', 'title'], rows))
}
