/** Commands that act on a running Truebook: sweep, halt, resume, login, health. */
import type { ControlAnswer, SweepRequestAnswer } from '#http/wire.ts'
import { loadConfig } from '#config/load-config.ts'
import { CommandFailed, EXIT } from './failure.ts'
import { apiUrlOf, openOperatorClient, readReadiness, type OperatorChoice } from './operator-client.ts'
import { say, sayJson } from './print.ts'
import type { Output } from './watch-commands.ts'

/** Asks for a sweep of one account, or of all. */
export async function sweep(options: OperatorChoice & Output & { readonly account?: string }): Promise<void> {
  const body = options.account === undefined ? {} : { account: options.account }
  const answer = await openOperatorClient(options).post<SweepRequestAnswer>('/v1/sweep', body)
  if (options.json) return sayJson(answer)
  say(
    `Sweep of ${answer.account === '*' ? 'every account' : answer.account} asked for; see: truebook positions --drift`,
  )
}

/** Stops or allows new exposure. Exits go on either way. */
export async function control(
  enabled: boolean,
  options: OperatorChoice & Output & { readonly why: string },
): Promise<void> {
  const body = { trading_enabled: enabled, why: options.why }
  const answer = await openOperatorClient(options).post<ControlAnswer>('/v1/control', body)
  if (options.json) return sayJson(answer)
  say(enabled ? 'Trading is enabled.' : 'Trading is disabled: no new exposure; exits and stops go on.')
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
  const { path } = await client.post<{ readonly path: string }>('/v1/login-links', {})
  say(new URL(path, client.url).href)
}
