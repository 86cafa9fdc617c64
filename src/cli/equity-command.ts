/** `truebook equity`: the equity identity of each account, in all and day by day. What is not known is shown as unknown, with the reason. */
import type { Remainder } from '#domain/equity-row.ts'
import type { EquityAnswer, EquityDaysAnswer } from '#http/wire.ts'
import { openOperatorClient, type OperatorChoice } from './operator-client.ts'
import { instant, say, sayJson, table } from './print.ts'

/** @throws CommandFailed with what the server said of an unknown account or number of days */
export async function showEquity(
  options: OperatorChoice & { readonly json?: boolean; readonly account?: string; readonly days: string },
): Promise<void> {
  const client = openOperatorClient(options)
  const query = new URLSearchParams({
    limit: options.days,
    ...(options.account !== undefined && { account: options.account }),
  })
  const [{ days }, { equity }] = await Promise.all([
    client.get<EquityDaysAnswer>(`/v1/equity/days?${query.toString()}`),
    client.get<EquityAnswer>('/v1/equity'),
  ])
  const rows = equity.filter(({ account }) => options.account === undefined || account === options.account)
  if (options.json) return sayJson({ equity: rows, days })
  if (rows.length === 0) return say('No equity yet: the first sweep of an account reads it.')
  say(
    table(
      ['account', 'equity', 'since', 'unexplained', 'as of'],
      rows.map((row) => [
        row.account,
        row.brokerEquity,
        instant(row.baselineAt),
        unexplainedCell(row),
        instant(row.asOf),
      ]),
    ),
  )
  say('')
  say(
    table(
      [
        'account',
        'UTC day',
        'opening',
        'closed PnL',
        'fees',
        'funding',
        'transfers',
        'unrealised',
        'closing',
        'unexplained',
      ],
      days.map((row) => [
        row.account,
        row.day,
        row.openingEquity,
        row.closedPnl,
        row.fees,
        row.funding,
        row.transfers,
        row.unrealised,
        row.closingEquity,
        unexplainedCell(row),
      ]),
    ),
  )
  for (const line of unknownLines(rows, days)) say(line)
}

/** `unknown` where nobody knows: never a number, and never a blank that could be read as nothing. */
export function unexplainedCell({ unexplained }: Remainder): string {
  return unexplained ?? 'unknown'
}

function unknownLines(rows: EquityAnswer['equity'], days: EquityDaysAnswer['days']): string[] {
  const all = rows.map((row) => ({ what: `${row.account} since ${instant(row.baselineAt)}`, ...row }))
  const each = days.map((row) => ({ what: `${row.account} ${row.day}`, ...row }))
  return [...all, ...each].flatMap(({ what, unknown, remainder }) =>
    unknown === null ? [] : [`\nUNKNOWN ${what}: ${unknown} (left over: ${remainder} USD)`],
  )
}
