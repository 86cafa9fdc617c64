/** The `truebook` command. Commands are declared here and loaded when they run, so that `--help` is instant. */
import { actingOptions, declareAcknowledge, declareActions } from './action-declarations.ts'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { STAGE_NAMES, type StageName } from './stage-names.ts'
import { declareExport } from './export-declaration.ts'
import { EXIT, explain } from './failure.ts'
import { instantOf } from './instant-argument.ts'

const DEFAULT_CONFIG = 'truebook.yaml'
const SCHEMA_NAMES = ['signal', 'config', 'programme', 'execution-event', 'openapi'] as const
type SchemaName = (typeof SCHEMA_NAMES)[number]

/** All commands; `run` parses the command line with it. */
export const program = new Command('truebook')
  .description("Execution layer whose book is always a reconstruction of the broker's own record.")
  .addHelpText(
    'after',
    `\nExit codes: ${EXIT.done} done, ${EXIT.failed} failed, ${EXIT.usage} wrong usage or configuration, ` +
      `${EXIT.unavailable} something did not answer, ${EXIT.refused} refused, ${EXIT.unproven} the audit records do not prove the book.`,
  )
  // Options belong to the command that they follow: `alerts ack` has its own beside those of `alerts`.
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text) })

function command(name: string, description: string): Command {
  return program.command(name).description(description).addOption(configOption())
}

function configOption(): Option {
  return new Option('-c, --config <file>', 'configuration file').default(DEFAULT_CONFIG)
}

function siteOption(): Option {
  return new Option('--site <name>', 'work for the accounts that name this site; default: for those that name none')
}

function operatorOptions(given: Command): Command {
  return given
    .addOption(configOption())
    .option('--url <url>', 'address of the API, if not the one of the configuration')
}

function operatorCommand(name: string, description: string): Command {
  return operatorOptions(program.command(name).description(description))
}

program
  .command('init')
  .description('make a configuration and empty files for its credentials; overwrites nothing')
  .argument('[dir]', 'folder', '.')
  .addOption(new Option('--venue <name>', 'where the account is').choices(['hyperliquid', 'bybit', 'projectx']))
  .addOption(new Option('--mode <mode>', 'paper or live').choices(['paper', 'live']).default('paper'))
  .option('--account <id>', 'our name of the account, for good; default: one that says where it is')
  .option('--master <address>', 'hyperliquid: address that holds the funds')
  .option('--user-name <name>', 'projectx: name of the platform user')
  .option('--account-name <name>', 'projectx: exact name of the account')
  .option('--yes', 'ask nothing, take the defaults')
  .option('--json', 'print JSON')
  .action(async (dir: string, options) => (await import('./init-command.ts')).init(dir, options))

command('start', 'run everything in this process: API and all stages')
  .addOption(siteOption())
  .action(async (options) => {
    const [{ runProcess }, { ALL_IN_ONE }] = await Promise.all([import('./run-process.ts'), import('#compose.ts')])
    await runProcess(options.config, { ...ALL_IN_ONE, site: options.site ?? null })
  })

command('worker', 'run stages in this process; start any number of them')
  .option('--stages <list>', `stages, separated by commas (${STAGE_NAMES.join(', ')})`, stageList, [...STAGE_NAMES])
  .addOption(siteOption())
  .action(async (options) => {
    const { runProcess } = await import('./run-process.ts')
    await runProcess(options.config, { stages: options.stages, api: false, site: options.site ?? null })
  })

command('api', 'run the HTTP interface only, for the accounts of all sites; it holds no venue keys').action(
  async (options) => {
    const { runProcess } = await import('./run-process.ts')
    await runProcess(options.config, { stages: [], api: true })
  },
)

command(
  'watchdog',
  'watch from outside that workers, feeds and sweeps go on, and tell the alert sinks; needs no Redis',
).action(async (options) => (await import('./watchdog-command.ts')).watchdog(options.config))

command('doctor', 'check everything, change nothing; say how to fix what is wrong')
  .addOption(siteOption())
  .option('--json', 'print JSON')
  .action(async (options) => {
    const { doctor } = await import('./doctor-command.ts')
    process.exitCode = await doctor(options)
  })

operatorCommand('status', 'show whether it runs, may trade, and what is wrong')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./status-command.ts')).showStatus(options))

operatorCommand('positions', 'show the positions of the book')
  .option('--drift', 'show what the last sweeps found between broker and book')
  .option('--all', 'closed ones too')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./watch-commands.ts')).showPositions(options))

operatorCommand('orders', 'show working orders at the venues, and those whose outcome is not proven yet')
  .option('--account <id>', 'one account; default: all')
  .option('--all', 'those that ended too')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./orders-command.ts')).showOrders(options))

operatorCommand('equity', "show each account's days: what explains the change in equity, and what does not")
  .option('--account <id>', 'one account; default: all')
  .option('--days <n>', 'so many days of each account, the newest first', '7')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./equity-command.ts')).showEquity(options))

const alerts = operatorCommand('alerts', 'show the alerts that stand')
  .option('--all', 'resolved ones too')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./watch-commands.ts')).showAlerts(options))

declareAcknowledge(alerts, operatorOptions)

actingOptions(operatorCommand('sweep', 'compare broker and book now'), 'optional')
  .option('--account <id>', 'one account; default: all')
  .option('--dry-run', 'say what a sweep would find and do; reads the book and the broker itself, changes nothing')
  .option('--site <name>', 'with --dry-run: look at the accounts that name this site; default: at those that name none')
  .action(async (options) => {
    if (options.dryRun) process.exitCode = await (await import('./dry-sweep-command.ts')).showDrySweep(options)
    else await (await import('./run-action.ts')).runAction({ verb: 'sweep', account: options.account }, options)
  })

declareActions(operatorCommand)

operatorCommand('login', 'print a one-time login address for a browser').action(async (options) =>
  (await import('./operate-commands.ts')).login(options),
)

operatorCommand('health', 'exit with 0 if the API is ready; needs no token')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./operate-commands.ts')).health(options))

const signal = program.command('signal').description('send signals')
signal
  .command('send')
  .description('send the signal, or the array of signals, of a JSON file')
  .requiredOption('-f, --file <file>', 'JSON file; - is standard input')
  .addOption(configOption())
  .option('--url <url>', 'address of the API, if not the one of the configuration')
  .addOption(new Option('--as <name>', 'signal token to send with; default: the first').conflicts('operator'))
  .option('--operator', 'send with the operator token (flatten needs it)')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./signal-command.ts')).sendSignals(options))

const audit = program.command('audit').description('records of every decision')
audit
  .command('verify')
  .description('prove that no record was changed, taken out or cut off; reads the book itself, changes nothing')
  .addOption(configOption())
  .option('--position <id>', 'one position')
  .addOption(new Option('--account <id>', 'one account').conflicts('position'))
  .addOption(
    new Option('--since <instant>', 'only what is not older, e.g. 2026-11-01 or 2026-11-01T12:00Z')
      .argParser(instantOf)
      .conflicts('position'),
  )
  .option('--json', 'print JSON')
  .action(async (options) => {
    const { verifyRecords } = await import('./audit-commands.ts')
    process.exitCode = await verifyRecords(options)
  })
audit
  .command('show')
  .description('show what was decided about a position, in order')
  .argument('<position>', 'position id')
  .addOption(configOption())
  .option('--url <url>', 'address of the API, if not the one of the configuration')
  .option('--json', 'print JSON')
  .action(async (position: string, options) => {
    const { showRecords } = await import('./audit-commands.ts')
    process.exitCode = await showRecords(position, options)
  })

declareExport(program, configOption())

const programmes = program.command('programmes').description('rules of prop trading programmes')
programmes
  .command('list')
  .description('show the rule files that ship, with their age and source')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./programme-commands.ts')).showProgrammes(options))
programmes
  .command('check')
  .description('show each rule of an account, its floor and the headroom now')
  .requiredOption('--account <id>', 'account with a programme')
  .addOption(configOption())
  .option('--json', 'print JSON')
  .action(async (options) => {
    const { checkProgramme } = await import('./programme-commands.ts')
    process.exitCode = await checkProgramme(options)
  })

program
  .command('replay')
  .description('rebuild episodes and PnL from a file of recorded fills')
  .requiredOption('--fills <file>', 'CSV file')
  .option('--verbose', 'every episode')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./replay-command.ts')).replay(options))

program
  .command('schema')
  .description('print a JSON Schema, or the OpenAPI document of the HTTP interface')
  .argument('[name]', SCHEMA_NAMES.join(', '), schemaName, 'signal')
  .action(async (name: SchemaName) => {
    if (name === 'openapi') {
      const { publishedOpenApi } = await import('#http/published-openapi.ts')
      process.stdout.write(await publishedOpenApi())
      return
    }
    const { schemaText } = await import('#config/json-schemas.ts')
    process.stdout.write(schemaText(`${name}.schema.json`))
  })

function stageList(text: string): StageName[] {
  return text.split(',').map((word) => {
    const found = STAGE_NAMES.find((stage) => stage === word.trim())
    if (found === undefined)
      throw new InvalidArgumentError(`Expected stages out of ${STAGE_NAMES.join(', ')}, saw "${word}".`)
    return found
  })
}

function schemaName(text: string): SchemaName {
  const found = SCHEMA_NAMES.find((name) => name === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`Expected one of ${SCHEMA_NAMES.join(', ')}, saw "${text}".`)
}

/** Runs the command of the command line; the exit code says how it ended. */
export async function run(): Promise<void> {
  // Whoever reads us has seen enough, e.g. `truebook flatten --yes | head -1`: what was asked for is done all the same.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  try {
    await program.parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage
    else {
      const { exitCode, text } = explain(error)
      const { tell } = await import('./print.ts')
      tell(text)
      process.exitCode = exitCode
    }
  }
}
