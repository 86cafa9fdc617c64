/** Whether somebody works for every account: the live workers of each site, counted in Redis. Nothing is changed or sent. */
import { join } from 'node:path'
import type { Config } from '#config/config.ts'
import { runningRedis } from '#embedded/redis.ts'
import { type Attendance, readAttendance } from '#queues/bullmq/attendance.ts'
import { openWorkQueue } from '#queues/bullmq/work-queue.ts'
import { commandAt, type Site, siteText, sitesFrom } from '#queues/site.ts'
import { type Check, fail, ok, readableSecret, SILENT, skip } from './checks.ts'
import { accountsOf } from './site.ts'

/** One finding for each site that has accounts. */
export async function checkSites(config: Config): Promise<Check[]> {
  const { urlSecret, url, prefix } = config.redis
  const configured = urlSecret === null ? url : (readableSecret(urlSecret)?.reveal() ?? '')
  if (configured === '') return [skip('workers', 'the URL of Redis cannot be read; see the secrets')]
  const sites = sitesFrom(config.accounts)
  const peopled = sites.all.filter((site) => accountsOf(config, site).length > 0)
  const address = configured ?? (await runningRedis(join(config.dataDir, 'redis')))
  // The private Redis runs for as long as a Truebook does.
  if (address === null) return peopled.map((site) => absent(config, site))
  try {
    const options = { url: address, prefix: `{${prefix}}`, sites, log: SILENT, leavesNoTrace: true } as const
    const workQueue = await openWorkQueue(options)
    try {
      const attendances = await Promise.all(peopled.map((site) => readAttendance(workQueue, site)))
      return attendances.map((attendance) => checkAttendance(config, attendance))
    } finally {
      await workQueue.close()
    }
  } catch (error) {
    return [skip('workers', `nobody can be counted: ${(error as Error).message}`)]
  }
}

function checkAttendance(config: Config, { site, processes, unattended }: Attendance): Check {
  if (processes.length === 0) return absent(config, site)
  const check = checkName(site)
  if (unattended.length > 0) {
    const stages = unattended.join(',')
    const fix = `start: ${commandAt('truebook worker', site)} --stages ${stages}`
    return fail(check, `expected workers for every stage, saw none for ${stages}`, fix)
  }
  return ok(check, `${processes.join(', ')}: for ${accountNames(config, site)}`)
}

/** A site that is named stands for a machine somebody must have started; without one this may be before the first start. */
function absent(config: Config, site: Site): Check {
  const detail = `expected a live worker for ${accountNames(config, site)} (${siteText(site)}), saw none: nothing is traded or watched there`
  const fix =
    site === null ? 'start: truebook start' : `start: ${commandAt('truebook worker', site)} on the machine of that site`
  return { level: site === null ? 'warn' : 'fail', check: checkName(site), detail, fix }
}

function checkName(site: Site): string {
  return site === null ? 'workers' : `workers of site ${site}`
}

function accountNames(config: Config, site: Site): string {
  return accountsOf(config, site)
    .map(({ id }) => id)
    .join(', ')
}
