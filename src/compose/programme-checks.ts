/** Doctor's view of prop programmes: may it be automated, from here, by rules that somebody checked lately, and is it watched. */
import type { AccountConfig } from '#config/account.ts'
import type { Config } from '#config/config.ts'
import { LOOKS_TRUSTED } from '#domain/programme/row.ts'
import type { ProgrammeRules, ProgrammeTerms } from '#domain/programme/rules.ts'
import { recordOf } from '#domain/programme/state.ts'
import { type Check, fail, ok } from './checks.ts'
import { clockOf } from './clock.ts'
import { readRecord } from './programme-report.ts'

/** Programmes change monthly; rules that nobody compared for so long are doubtful, days. */
const RULES_AGE_MAX = 180

/** Findings of every account under a programme. */
export async function checkProgrammes(config: Config): Promise<Check[]> {
  const checks = config.accounts.map(async (account) => {
    const terms = account.policy.programme
    return terms === null ? [] : await checkProgramme(config, account, terms)
  })
  return (await Promise.all(checks)).flat()
}

async function checkProgramme(config: Config, account: AccountConfig, terms: ProgrammeTerms): Promise<Check[]> {
  const name = `programme of ${account.id}`
  const now = clockOf(config)()
  const { rules } = terms
  return [
    ok(name, `${rules.title}, ${rules.stage}; truebook programmes check --account ${account.id}`),
    automationCheck(`${name}: automation`, terms),
    ageCheck(`${name}: rules`, rules, now),
    ...siteCheck(`${name}: site`, account, rules),
    ...newsCheck(`${name}: news`, rules, now),
    ...rules.notEnforced.map((text) => warn(`${name}: not enforced`, text, 'keep to it in the strategy')),
    await watchCheck(`${name}: watched`, config, account.id, terms, now),
  ]
}

function automationCheck(check: string, { rules, automationOverridden }: ProgrammeTerms): Check {
  const { automation, source } = rules
  if (automation === 'yes') return ok(check, 'allowed by the rules')
  const fix = `ask the firm, then set automation in the rule file; source: ${source}`
  if (automation === 'no')
    return automationOverridden
      ? warn(check, 'the rules say no; accept_automation_risk trades it all the same', fix)
      : fail(check, 'the rules say no', 'do not trade it with Truebook')
  return warn(check, automation === 'attended' ? 'allowed only while somebody watches' : 'the rules do not say', fix)
}

function ageCheck(check: string, { asOf, source }: ProgrammeRules, now: number): Check {
  const days = Math.floor((now - Date.parse(asOf)) / 86_400_000)
  const detail = `compared with their source ${days} days ago (${asOf})`
  if (days <= RULES_AGE_MAX) return ok(check, detail)
  return warn(check, detail, `compare the file with ${source} and set as_of`)
}

function siteCheck(check: string, { id, site }: AccountConfig, { sites }: ProgrammeRules): Check[] {
  if (sites === 'any') return []
  if (site !== null) return [ok(check, `orders come from site ${site}; it must be the trader's own device`)]
  const fix = `give ${id} a site, and start its workers on the trader's own machine`
  return [warn(check, "the rules want orders from the trader's own device; the account names no site", fix)]
}

function newsCheck(check: string, { news }: ProgrammeRules, now: number): Check[] {
  if (news === null) return []
  const ahead = news.instants.filter((instant) => instant > now).length
  if (ahead > 0) return [ok(check, `${ahead} releases ahead, ${news.withinMs} ms around each`)]
  return [warn(check, 'no release ahead is listed: nothing is kept free', 'list them under news.instants')]
}

async function watchCheck(
  check: string,
  config: Config,
  account: string,
  terms: ProgrammeTerms,
  now: number,
): Promise<Check> {
  const fix = 'run the stage guard: truebook start, or truebook worker --stages guard'
  try {
    const { row } = await readRecord(config, account)
    if (row === null || row.state.record !== recordOf(terms))
      return warn(check, 'the book has no record yet: entries are denied until the first look', fix)
    const age = now - row.asOf
    return age <= LOOKS_TRUSTED * terms.lookMs
      ? ok(check, `looked at ${age} ms ago`)
      : warn(check, `looked at ${age} ms ago: entries are denied until the next look`, fix)
  } catch (error) {
    return warn(check, (error as Error).message, 'see the book')
  }
}

function warn(check: string, detail: string, fix: string): Check {
  return { level: 'warn', check, detail, fix }
}
