/** Small commands about a running Truebook: login, health, dead jobs. What acts is in `run-action.ts`. */
import type { DeadJobsAnswer, LoginLinkAnswer } from '#http/wire.ts'
import { loadConfig } from '#config/load-config.ts'
import { CommandFailed, EXIT } from './failure.ts'
import { apiUrlOf, openOperatorClient, readReadiness, type OperatorChoice } from './operator-client.ts'
import { instant, say, sayJson, table } from './print.ts'
import type { Output } from './watch-commands.ts'

/** The jobs that nobody could work on, newest first. */
export async function showDeadJobs(options: OperatorChoice & Output): Promise<void> {
  const answer = await openOperatorClient(options).get<DeadJobsAnswer>('/v1/dead-jobs')
  if (options.json) return sayJson(answer)
  const rows = answer.dead_jobs.map(({ queue, job, since, why }) => [queue, job, instant(since), why])
  if (rows.length === 0) return say('No job was set aside.')
  say(table(['queue', 'job', 'since', 'why'], rows))
}

/** Whether the API answers and is ready, for health checks of containers; needs no token. @throws CommandFailed when not */
export async function health(options: OperatorChoice & Output): Promise<void> {
  const answer = await readReadiness(options.url ?? apiUrlOf(loadConfig(options.config)))
  if (options.json) sayJson(answer)
  else for (const { check, ok } of answer.checks) say(`${check} ${ok ? 'ok' : 'does not answer'}`)
  if (!answer.ready) throw new CommandFailed('Truebook is not ready.', EXIT.unavailable)
}

/** Prints a one-time login address for a browser. */
export async function login(options: OperatorChoice): Promise<void> {
  const client = openOperatorClient(options)
  const { path, url } = await client.post<LoginLinkAnswer>('/v1/login-links', {})
  say(options.url === undefined && url !== null ? url : new URL(path, client.url).href)
}
