/** Commands that look at lists: positions, alerts. */
import type { OverviewAnswer } from '#http/overview-wire.ts'
import { accountVerdict, bookText, sizeText } from '#http/overview/verdict.ts'
import type { AlertsAnswer, PositionsAnswer, SweepsAnswer } from '#http/wire.ts'
import { openOperatorClient, type OperatorChoice } from './operator-client.ts'
import { instant, say, sayJson, table } from './print.ts'
import { driftWord } from './status-command.ts'

export interface Output {
  readonly json?: boolean
}

/** The book's positions; with `drift`, what the last sweep of each account found between broker and book. */
export async function showPositions(
  options: OperatorChoice & Output & { readonly drift?: boolean; readonly all?: boolean },
): Promise<void> {
  if (options.drift) return await showDrift(options)
  const client = openOperatorClient(options)
  const { positions } = await client.get<PositionsAnswer>(`/v1/positions?state=${options.all ? 'all' : 'open'}`)
  if (options.json) return sayJson({ positions })
  if (positions.length === 0)
    return say(options.all ? 'No positions yet.' : 'No open positions; with --all: those that ended too.')
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

/** Every instrument that book or broker holds, side by side as the last sweeps saw them, and what those sweeps found. */
async function showDrift(options: OperatorChoice & Output): Promise<void> {
  const client = openOperatorClient(options)
  const [{ sweeps }, overview] = await Promise.all([
    client.get<SweepsAnswer>('/v1/sweeps?limit=1'),
    client.get<OverviewAnswer>('/v1/overview'),
  ])
  if (options.json) return sayJson({ accounts: overview.accounts, sweeps })
  for (const account of overview.accounts) {
    const { state, text } = accountVerdict(account, overview.now, overview.stale_after_ms)
    say(`${account.id}  ${state.toUpperCase()}  ${text}`)
    const sides = account.sides.map((side) => [
      side.instrument,
      bookText(side.book),
      sizeText(side.broker?.size ?? null),
      driftWord(side),
    ])
    if (sides.length > 0) say(table(['instrument', 'book', 'broker', ''], sides))
    const found = account.last_sweep?.findings.map((row) => [
      row.kind,
      row.instrument,
      row.book,
      row.broker,
      row.action,
    ])
    if (found !== undefined && found.length > 0)
      say(table(['finding', 'instrument', 'book', 'broker', 'action'], found))
  }
  if (sweeps.length === 0) say('No sweep yet; ask for one: truebook sweep --yes')
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
    row.acknowledged?.by,
    row.title,
    row.alertId,
  ])
  say(table(['raised', 'severity', 'kind', 'account', 'instrument', 'acknowledged', 'title', 'alert'], rows))
  const unseen = alerts.filter(({ active, acknowledged }) => active && !acknowledged)
  if (unseen.length > 0)
    say(`\n${unseen.length} not acknowledged: truebook alerts ack ALERT --why REASON. What each means: docs/alerts.md`)
}
