/** What belongs to the site of this process: its accounts, and the work that repeats for them. */
import type { AccountConfig } from '#config/account.ts'
import type { Config } from '#config/config.ts'
import { EVERY_ACCOUNT, type Schedule } from '#queues/repeated-work.ts'
import { commandAt, type Site, siteText, sitesFrom } from '#queues/site.ts'
import type { Log } from '#workers/worker.ts'

/** A process was started for a site that no account names. */
export class SiteUnknown extends Error {
  override readonly name = 'SiteUnknown'
}

/** The accounts that a process of this site works for. */
export function accountsOf(config: Pick<Config, 'accounts'>, site: Site): readonly AccountConfig[] {
  return config.accounts.filter((account) => account.site === site)
}

/** @throws SiteUnknown: a misspelt site would wait for work that never comes */
export function requireSite(config: Config, site: Site): void {
  const { all } = sitesFrom(config.accounts)
  if (all.includes(site)) return
  const named = all.filter((known) => known !== null).join(', ')
  throw new SiteUnknown(
    `Expected a site that an account of ${config.file} names (${named === '' ? 'none does' : named}), saw "${site}". ` +
      'Correct --site, or add the key site to an account.',
  )
}

/** What repeats at a site: the sweep of its accounts, and the guard of each that a programme owns. */
export function schedulesOf(config: Config, site: Site): readonly Schedule[] {
  const guards = accountsOf(config, site).flatMap(({ id, policy: { programme } }): Schedule[] =>
    programme === null ? [] : [{ stage: 'guard', account: id, everyMs: programme.lookMs }],
  )
  return [{ stage: 'sweep', account: EVERY_ACCOUNT, everyMs: config.sweep.everyMs }, ...guards]
}

/** Says which accounts this process leaves alone. `start` runs everything, so there it is a warning. */
export function tellOtherSites(config: Config, site: Site, log: Log, level: 'warn' | 'info'): void {
  for (const other of sitesFrom(config.accounts).all) {
    const accounts = accountsOf(config, other).map(({ id }) => id)
    if (other === site || accounts.length === 0) continue
    log[level](
      { site: other, accounts },
      `accounts of ${siteText(other)} are not traded by this process; start: ${commandAt('truebook worker', other)}`,
    )
  }
}
