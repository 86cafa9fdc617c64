/**
 * Sites: from where an account may be traded. Some programmes forbid orders from a server, so an account may name a site, and
 * only workers started with that site take its jobs. Data only; `bullmq/` gives every site queues of its own.
 */
import type { AccountId } from '#domain/ids.ts'

/** Name of a site; null is the default one, of workers started without a site. */
export type Site = string | null

/** Which sites there are and who belongs where. */
export interface Sites {
  /** The default site first: it exists always, for work of no account that we know. */
  readonly all: readonly Site[]
  of(account: AccountId): Site
}

/** No account names a site. */
export const ONE_SITE: Sites = { all: [null], of: () => null }

/** The sites that accounts name. */
export function sitesFrom(accounts: readonly { readonly id: AccountId; readonly site: Site }[]): Sites {
  const byAccount = new Map(accounts.map(({ id, site }) => [id, site]))
  return { all: [...new Set([null, ...byAccount.values()])], of: (account) => byAccount.get(account) ?? null }
}

/** For logs and messages. */
export function siteText(site: Site): string {
  return site === null ? 'no site' : `site "${site}"`
}

/** A command of ours as it is typed for a site, e.g. `truebook worker --site desk`. */
export function commandAt(command: string, site: Site): string {
  return site === null ? command : `${command} --site ${site}`
}
