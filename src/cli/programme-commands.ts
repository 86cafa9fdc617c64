/** `truebook programmes`: the rule files that ship, and where an account stands under its programme. */
import { fileURLToPath } from 'node:url'
import { type ProgrammeReport, reportProgramme } from '#compose/programme-report.ts'
import { loadConfig } from '#config/load-config.ts'
import { listProgrammes } from '#config/programmes.ts'
import { CommandFailed, EXIT, type ExitCode } from './failure.ts'
import { colored, instant, say, sayJson, table } from './print.ts'
import type { Output } from './watch-commands.ts'

const SHIPPED = fileURLToPath(new URL('../../programmes/', import.meta.url))

/** The shipped rule files. They are examples: programmes change monthly. */
export function showProgrammes(options: Output): void {
  const programmes = listProgrammes(SHIPPED)
  if (options.json)
    return sayJson({ folder: SHIPPED, programmes: programmes.map(({ file, rules }) => ({ file, ...rules })) })
  const rows = programmes.map(({ file, rules }) => [file, rules.title, rules.automation, rules.asOf, rules.source])
  say(table(['file', 'programme', 'automation', 'as of', 'source'], rows))
  say(`\nExamples in ${SHIPPED}: copy one, compare it with its source, set as_of, and name it in programme.rules.`)
}

/**
 * Each rule, its floor, the headroom now. Exit code: done while entries are open, refused while a rule closes them, unavailable when
 * neither book nor broker can say. @throws CommandFailed, ConfigError, BookUnavailable, BrokerUnavailable
 */
export async function checkProgramme(
  options: Output & { readonly config: string; readonly account: string },
): Promise<ExitCode> {
  const config = loadConfig(options.config)
  const account = config.accounts.find(({ id }) => id === options.account)
  const terms = account?.policy.programme ?? null
  if (account === undefined || terms === null) {
    const under = config.accounts.filter(({ policy }) => policy.programme !== null).map(({ id }) => id)
    const expected =
      under.length === 0 ? 'an account with a programme in the configuration' : `one of ${under.join(', ')}`
    throw new CommandFailed(`Expected ${expected}, saw ${options.account}.`, EXIT.usage)
  }
  const report = await reportProgramme(config, account, terms)
  if (report === null) {
    const text = `Nobody has looked at ${account.id} yet and its credentials cannot be read here. Start the stage guard, or run this where its workers run.`
    throw new CommandFailed(text, EXIT.unavailable)
  }
  if (options.json) sayJson(report)
  else show(report)
  return report.verdict.entries === null ? EXIT.done : EXIT.refused
}

function show({ account, terms, looked, asOf, recorded, verdict, rules }: ProgrammeReport): void {
  say(`${account}  ${terms.rules.title}, rules as of ${terms.rules.asOf}: ${terms.rules.source}`)
  say(
    `Looked at ${instant(asOf)} ${looked === 'fresh' ? 'just now, read-only' : 'by the guard (the broker cannot be asked from here)'}`,
  )
  if (!recorded) say('The book has no record of it yet: peaks and floors are those of a first look.')
  const { entries, flatten } = verdict
  say(
    entries === null
      ? `Entries ${colored('open', 'green')}`
      : `Entries ${colored('CLOSED', 'red')} by ${entries.gate}: limit ${entries.limit}; observed ${entries.observed}`,
  )
  if (flatten !== null) say(`Everything is to be closed now: ${flatten.gate}, observed ${flatten.observed}`)
  say('')
  say(
    table(
      ['rule', 'state', 'limit', 'observed', 'headroom'],
      rules.map(({ rule, state, limit, observed, headroom }) => [
        rule,
        state === 'terms' ? '' : state,
        limit,
        observed,
        headroom,
      ]),
    ),
  )
}
