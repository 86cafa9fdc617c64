/** `truebook doctor`: every check, read-only, with the command that fixes each failure. */
import { checkAccess } from '#compose/access-checks.ts'
import { checkAccount } from '#compose/account-checks.ts'
import {
  type Check,
  checkBook,
  checkMode,
  checkNode,
  checkOperatorToken,
  checkQueueStore,
  checkSecrets,
  checkSinks,
  ok,
  skip,
} from '#compose/checks.ts'
import { clockOf } from '#compose/clock.ts'
import { requireSite } from '#compose/site.ts'
import { checkPubsub } from '#compose/pubsub-checks.ts'
import { checkSites } from '#compose/site-checks.ts'
import type { AccountConfig } from '#config/account.ts'
import { checkProgrammes } from '#compose/programme-checks.ts'
import type { Config } from '#config/config.ts'
import { ConfigError } from '#config/config-error.ts'
import { loadConfig } from '#config/load-config.ts'
import { commandAt, type Site, siteText } from '#queues/site.ts'
import { EXIT, type ExitCode } from './failure.ts'
import { colored, say, sayJson } from './print.ts'

export interface DoctorOptions {
  readonly config: string
  readonly json?: boolean
  /** Whose accounts are looked at; default: those that name no site. */
  readonly site?: string
}

/** Runs all checks and prints them; the exit code says whether one failed. @throws SiteUnknown */
export async function doctor(options: DoctorOptions): Promise<ExitCode> {
  const checks = await allChecks(options.config, options.site ?? null)
  const failed = checks.filter((check) => check.level === 'fail').length
  if (options.json) sayJson({ healthy: failed === 0, checks })
  else {
    for (const check of checks) show(check)
    say(failed === 0 ? '\nNothing stands in the way.' : `\n${failed} of ${checks.length} checks failed.`)
  }
  return failed === 0 ? EXIT.done : EXIT.failed
}

async function allChecks(file: string, site: Site): Promise<Check[]> {
  const node = checkNode()
  const config = readConfig(file)
  if ('level' in config) return [node, config]
  requireSite(config, site)
  const clock = clockOf(config)
  const parts = await Promise.all([
    checkQueueStore(config),
    checkBook(config),
    checkSites(config),
    checkProgrammes(config),
    checkPubsub(config.pubsub),
    ...config.accounts.map((account) => (account.site === site ? checkAccount(account, clock) : [elsewhere(account)])),
  ])
  return [
    node,
    ok('config', config.file),
    checkMode(config),
    ...checkSecrets(config, site),
    checkOperatorToken(config),
    ...checkAccess(config, Date.now()),
    ...checkSinks(config),
    ...parts.flat(),
  ]
}

/** Its key is not on this machine, and must not be. */
function elsewhere({ id, site }: AccountConfig): Check {
  return skip(`account ${id}`, `names ${siteText(site)}; look there: ${commandAt('truebook doctor', site)}`)
}

function readConfig(file: string): Config | Check {
  try {
    return loadConfig(file)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return {
      level: 'fail',
      check: 'config',
      detail: error.message,
      fix: 'correct the lines named above; truebook.example.yaml shows every key',
    }
  }
}

const WORDS = {
  ok: ['OK  ', 'green'],
  warn: ['WARN', 'yellow'],
  fail: ['FAIL', 'red'],
  skip: ['SKIP', 'gray'],
} as const

function show({ level, check, detail, fix }: Check): void {
  const [word, color] = WORDS[level]
  say(`${colored(word, color)}  ${check}: ${detail}`)
  if (fix !== null) say(`      fix: ${fix}`)
}
