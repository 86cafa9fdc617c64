/** `truebook sweep --dry-run`: what a sweep would find and do, asked of book and broker with reads alone. */
import { drySweep, type DrySweep, type DrySweepReport } from '#compose/dry-sweep.ts'
import { accountsOf, requireSite } from '#compose/site.ts'
import type { AccountConfig } from '#config/account.ts'
import type { Config } from '#config/config.ts'
import { loadConfig } from '#config/load-config.ts'
import { siteText } from '#queues/site.ts'
import { CommandFailed, EXIT, type ExitCode } from './failure.ts'
import { colored, instant, say, sayJson, table } from './print.ts'

export interface DrySweepOptions {
  readonly config: string
  readonly account?: string
  /** Whose accounts are looked at; default: those that name no site. */
  readonly site?: string
  readonly json?: boolean
}

/** 0: book and broker agree. 1: they differ. 3: an account could not be asked. @throws CommandFailed, ConfigError, SiteUnknown, BookUnavailable */
export async function showDrySweep(options: DrySweepOptions): Promise<ExitCode> {
  const config = loadConfig(options.config)
  const report = await drySweep(config, chosen(config, options))
  if (options.json) sayJson(report)
  else show(report)
  if (report.accounts.some(({ unknown }) => unknown !== null)) return EXIT.unavailable
  return report.accounts.some((each) => each.unknown === null && each.findings.length > 0) ? EXIT.failed : EXIT.done
}

function chosen(config: Config, options: DrySweepOptions): readonly AccountConfig[] {
  const { account: id } = options
  const site = options.site ?? null
  if (id === undefined) {
    requireSite(config, site)
    return accountsOf(config, site)
  }
  const account = config.accounts.find((each) => each.id === id)
  if (account !== undefined) return [account]
  const known = config.accounts.map((each) => each.id).join(', ')
  throw new CommandFailed(`Expected one of ${known}, saw ${id}.`, EXIT.usage)
}

function show({ book, accounts }: DrySweepReport): void {
  if (!book) say('There is no book yet: the broker is compared with an empty one.')
  for (const each of accounts) showOne(each)
  if (accounts.length === 0) say(`No account of ${siteText(null)}; name a site with --site.`)
  say('Nothing was changed. To sweep: truebook sweep')
}

function showOne(each: DrySweep): void {
  if (each.unknown !== null) {
    say(`${each.account}  ${colored('UNKNOWN', 'red')}  ${each.unknown}\n`)
    return
  }
  const { account, brokerAsOf, compared, findings, lifts, unreadFills, equity } = each
  const word = findings.length === 0 ? colored('EQUAL', 'green') : colored('DIFFERS', 'red')
  say(`${account}  ${word}  broker as of ${instant(brokerAsOf)}, equity ${equity} USD`)
  if (compared.length > 0) {
    const rows = compared.map(({ instrument, book, broker }) => [
      instrument,
      book,
      broker,
      book === broker ? '' : 'differs',
    ])
    say(table(['instrument', 'book', 'broker', ''], rows))
  }
  for (const finding of findings) {
    say(`${finding.kind} ${finding.instrument}: book ${finding.book}, broker ${finding.broker}`)
    for (const step of finding.would) say(`  would: ${step}`)
  }
  for (const { instrument, reason } of lifts) say(`would lift the lock of ${instrument} (${reason})`)
  if (unreadFills === null) say('The first sweep reads the whole history of fills.')
  else if (unreadFills > 0) say(`${unreadFills} fills are not in the book yet; a sweep reads them first.`)
  say('')
}
