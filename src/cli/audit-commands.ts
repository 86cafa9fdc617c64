/** `truebook audit`: proves the records of decisions, and shows those of one position. */
import { verifyAudit } from '#audit/verify-audit.ts'
import type { AuditReport } from '#audit/audit-report.ts'
import { loadConfig } from '#config/load-config.ts'
import type { PositionId } from '#domain/ids.ts'
import type { TimelineAnswer } from '#http/wire.ts'
import { CommandFailed, EXIT, type ExitCode } from './failure.ts'
import { openOperatorClient, type OperatorChoice } from './operator-client.ts'
import { colored, instant, say, sayJson, table } from './print.ts'
import { standingBook } from './standing-book.ts'
import type { Output } from './watch-commands.ts'

export interface VerifyChoice extends Output {
  readonly config: string
  readonly position?: string
  readonly account?: string
  /** ms */
  readonly since?: number
}

/** Reads the book itself, so that it needs no running Truebook and trusts none. @throws ConfigError, BookUnavailable, CommandFailed */
export async function verifyRecords(options: VerifyChoice): Promise<ExitCode> {
  const { book: place } = loadConfig(options.config)
  const book = await standingBook(place)
  try {
    const report = await verifyAudit(book, {
      position: (options.position as PositionId | undefined) ?? null,
      account: options.account ?? null,
      since: options.since ?? null,
    })
    requireSubject(report, options)
    if (options.json) sayJson(report)
    else show(report)
    return report.proven ? EXIT.done : EXIT.unproven
  } finally {
    await book.close()
  }
}

/** Nothing was checked is no proof. @throws CommandFailed */
function requireSubject({ checked, contradictionsFound }: AuditReport, { position, account }: VerifyChoice): void {
  if (contradictionsFound > 0) return
  if (position !== undefined && checked.positions.rows + checked.processed.rows === 0)
    throw new CommandFailed(`Expected a position or command ${position} in the book, found none.`, EXIT.usage)
  if (account !== undefined && checked.accounts.rows === 0)
    throw new CommandFailed(`Expected account ${account} in the book, found none.`, EXIT.usage)
}

const NAMES: Readonly<Record<keyof AuditReport['checked'], string>> = {
  positions: 'positions',
  processed: 'commands',
  accounts: 'accounts',
  programmes: 'programmes',
  control: 'control',
  ledger: 'ledger rows',
}

function show(report: AuditReport): void {
  const kinds = Object.keys(NAMES) as (keyof typeof NAMES)[]
  say(
    table(
      ['checked', 'rows', 'records'],
      kinds.map((kind) => [
        NAMES[kind],
        report.checked[kind].rows,
        kind === 'ledger' ? null : report.checked[kind].records,
      ]),
    ),
  )
  say('')
  for (const { subject, record, problem } of report.contradictions)
    say(`${colored('BROKEN', 'red')} ${record} (${subject.kind} ${subject.id}): ${problem}`)
  if (report.contradictionsFound > report.contradictions.length)
    say(`and ${report.contradictionsFound - report.contradictions.length} more`)
  if (report.unchained > 0)
    say(
      `${colored('UNCHAINED', 'yellow')} ${report.unchained} records of a version before chains, the first ${report.firstUnchained}: nothing proves them. --since leaves older ones out.`,
    )
  say(
    report.proven
      ? colored('Proven: no record was changed, taken out, added or cut off.', 'green')
      : `NOT PROVEN: ${report.contradictionsFound} contradictions, ${report.unchained} unchained records.`,
  )
}

/** The decisions about one position, as the API reads them. @throws CommandFailed */
export async function showRecords(position: string, options: OperatorChoice & Output): Promise<ExitCode> {
  const path = `/v1/positions/${encodeURIComponent(position)}/audit`
  const answer = await openOperatorClient(options).get<TimelineAnswer>(path)
  if (options.json) sayJson(answer)
  else {
    const rows = answer.records.map((row) => [
      row.seq,
      instant(row.at),
      row.actor,
      row.decision,
      JSON.stringify(row.inputs).slice(0, INPUTS_SHOWN),
    ])
    say(table(['seq', 'at', 'actor', 'decision', 'inputs (all of them: --json)'], rows))
    if (answer.broken !== null) say(`\n${colored('BROKEN', 'red')} ${answer.broken.record}: ${answer.broken.problem}`)
  }
  return answer.broken === null ? EXIT.done : EXIT.unproven
}

/** Characters of a record's inputs on one line. */
const INPUTS_SHOWN = 100
