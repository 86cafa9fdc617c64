/** The commands that act, as commander knows them: every verb of an operator with its target. What they do is loaded when they run. */
import { type Command, Option } from 'commander'
import type { runAction } from './run-action.ts'

type Declare = (name: string, description: string) => Command

/** What every acting command has beside its target. */
export function actingOptions(command: Command, why: 'needed' | 'optional' = 'needed'): Command {
  const reason = 'kept in the audit record'
  if (why === 'needed') command.requiredOption('--why <reason>', reason)
  else command.option('--why <reason>', reason)
  return command
    .option('--yes', 'confirm without asking; needed where no terminal can ask')
    .option('--preview', 'only show what it would do')
    .option('--json', 'print JSON')
}

const ACCOUNT = ['--account <id>', 'account'] as const
const ACCOUNT_OR_ALL = ['--account <id>', 'one account; default: all'] as const
const INSTRUMENT = ['--instrument <symbol>', 'instrument, e.g. BTC-PERP'] as const

/** Halt, resume, quarantine, release, flatten, cancel-orders, adopt, ignore, unignore, retry-job, dead-jobs. */
export function declareActions(declare: Declare): void {
  for (const [verb, description] of [
    ['halt', 'stop new exposure, everywhere or of one account or strategy; exits go on'],
    ['resume', 'allow new exposure again (re-arm); shows what stands against it'],
  ] as const) {
    actingOptions(declare(verb, description))
      .addOption(new Option('--account <id>', 'only this account').conflicts('strategy'))
      .addOption(new Option('--strategy <name>', 'only this strategy').conflicts('account'))
      .action(async (options) => await run({ verb, scope: scopeOf(options) }, options))
  }
  for (const [verb, description] of [
    ['quarantine', 'let no entry into an account until it is released; exits go on'],
    ['release', 'end the quarantine of an account; shows what stands against it'],
  ] as const) {
    actingOptions(declare(verb, description))
      .requiredOption(...ACCOUNT)
      .action(async (options) => await run({ verb, account: options.account }, options))
  }
  actingOptions(declare('cancel-orders', 'cancel working entries; what protects a position stays'))
    .option(...ACCOUNT_OR_ALL)
    .action(async (options) => await run({ verb: 'cancel-orders', account: options.account }, options))
  actingOptions(declare('flatten', 'close positions of the book with reduce-only exits, until the broker is flat'))
    .option(...ACCOUNT_OR_ALL)
    .option('--instrument <symbol>', 'one instrument; default: all')
    .action(async ({ account, instrument, ...options }) => await run({ verb: 'flatten', account, instrument }, options))
  for (const [verb, description] of [
    ['adopt', 'take an unexpected position into the book'],
    ['ignore', 'raise no alert for an unexpected position as long as it stays as it is'],
    ['unignore', 'end an ignore'],
  ] as const) {
    actingOptions(declare(verb, description))
      .requiredOption(...ACCOUNT)
      .requiredOption(...INSTRUMENT)
      .action(async ({ account, instrument, ...options }) => await run({ verb, account, instrument }, options))
  }
  declareJobs(declare)
}

function declareJobs(declare: Declare): void {
  actingOptions(declare('retry-job', 'run a job again that was set aside, or remove it where nothing is owed any more'))
    .argument('<queue>', 'queue, as dead-jobs shows it')
    .argument('<job>', 'job id')
    .action(async (queue: string, job: string, options) => await run({ verb: 'retry-job', queue, job }, options))
  declare('dead-jobs', 'show the jobs that were set aside because nobody could work on them')
    .option('--json', 'print JSON')
    .action(async (options) => (await import('./operate-commands.ts')).showDeadJobs(options))
}

/** Makes `alerts ack <id>` of the command that shows alerts. */
export function declareAcknowledge(alerts: Command, options: (command: Command) => Command): void {
  // Else the options behind `ack` would be taken for those of `alerts`.
  alerts.enablePositionalOptions()
  actingOptions(options(alerts.command('ack').description('say that you have seen an alert: it is repeated no more')))
    .argument('<alert>', 'alert id')
    .action(async (alert: string, chosen) => await run({ verb: 'acknowledge', alert }, chosen))
}

const run: typeof runAction = async (action, options) =>
  await (await import('./run-action.ts')).runAction(action, options)

function scopeOf({ account, strategy }: { account?: string; strategy?: string }) {
  if (account !== undefined) return { kind: 'account', account } as const
  return strategy === undefined ? ({ kind: 'all' } as const) : ({ kind: 'strategy', strategy } as const)
}
