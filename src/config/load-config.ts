/** Reads the configuration file: all its mistakes at once, each with line and column; nothing starts on a doubtful file. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Mistake } from '#validation/mistake.ts'
import type { AccountFile } from './account-schema.ts'
import { ConfigError } from './config-error.ts'
import { type Config, configFrom } from './config.ts'
import { configFileSchema } from './file-schema.ts'
import { loadProgramme } from './programmes.ts'
import { ruleMistakes } from './rules.ts'
import { parseYaml } from './yaml-file.ts'

/** Loads and checks a configuration file and the rule files it names. @throws ConfigError */
export function loadConfig(path: string): Config {
  const file = resolve(path)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const seen = `expected a readable configuration file, saw: ${(error as Error).message}. Copy truebook.example.yaml to start one.`
    throw new ConfigError(file, [{ line: 1, column: 1, text: seen }])
  }
  return parseConfig(text, file)
}

/** Checks the text of a configuration file; `file` names it in errors and anchors its relative paths. @throws ConfigError */
export function parseConfig(text: string, file: string): Config {
  const content = parseYaml(text, file, configFileSchema, ruleMistakes, ({ accounts }) =>
    accounts.flatMap((account, index) => programmeMistakes(account, ['accounts', index], dirname(file))),
  )
  return configFrom(content, file)
}

/** A programme that forbids what the account would do is no programme to start under. */
function programmeMistakes(account: AccountFile, path: readonly PropertyKey[], folder: string): Mistake[] {
  const { programme } = account
  if (programme === undefined) return []
  const wrong = (key: readonly PropertyKey[], expected: string, seen: string): Mistake[] => [
    { path: [...path, ...key], kind: 'wrong-value', expected, seen },
  ]
  try {
    const rules = loadProgramme(resolve(folder, programme.rules))
    if (rules.automation === 'no' && !programme.accept_automation_risk) {
      const expected = 'a programme that allows automation (accept_automation_risk: true trades it all the same)'
      return wrong(['programme', 'rules'], expected, `automation: no in ${rules.programme}`)
    }
    if (rules.liveFunded === 'refuse' && account.venue === 'projectx' && account.allow_live_funded) {
      const expected = `false: ${rules.programme} refuses to trade live funded accounts`
      return wrong(['allow_live_funded'], expected, 'true')
    }
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return wrong(['programme', 'rules'], 'a rule file without mistakes', error.message)
  }
}
