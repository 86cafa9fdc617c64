/** `truebook doctor`: every check, read-only, with the command that fixes each failure. */
import { checkAccount } from '#compose/account-checks.ts'
import {
  type Check,
  checkBook,
  checkMode,
  checkNode,
  checkOperatorToken,
  checkQueueStore,
  checkSecrets,
  checkWebhook,
  ok,
} from '#compose/checks.ts'
import type { Config } from '#config/config.ts'
import { ConfigError } from '#config/config-error.ts'
import { loadConfig } from '#config/load-config.ts'
import { EXIT, type ExitCode } from './failure.ts'
import { colored, say, sayJson } from './print.ts'

/** Runs all checks and prints them; the exit code says whether one failed. */
export async function doctor(options: { readonly config: string; readonly json?: boolean }): Promise<ExitCode> {
  const checks = await allChecks(options.config)
  const failed = checks.filter((check) => check.level === 'fail').length
  if (options.json) sayJson({ healthy: failed === 0, checks })
  else {
    for (const check of checks) show(check)
    say(failed === 0 ? '\nNothing stands in the way.' : `\n${failed} of ${checks.length} checks failed.`)
  }
  return failed === 0 ? EXIT.done : EXIT.failed
}

async function allChecks(file: string): Promise<Check[]> {
  const node = checkNode()
  const config = readConfig(file)
  if ('level' in config) return [node, config]
  const parts = await Promise.all([
    checkQueueStore(config),
    checkBook(config),
    ...config.accounts.map((account) => checkAccount(account, () => Date.now() + config.clockOffsetMs)),
  ])
  return [
    node,
    ok('config', config.file),
    checkMode(config),
    ...checkSecrets(config),
    checkOperatorToken(config),
    checkWebhook(config),
    ...parts.flat(),
  ]
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
