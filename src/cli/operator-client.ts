/** Talks to a running Truebook as its operator: address and token come from the configuration that it runs with. */
import { existsSync } from 'node:fs'
import { operatorTokenPlace } from '#compose/secrets.ts'
import { loadConfig } from '#config/load-config.ts'
import type { ActionClient } from '#client/actions.ts'
import type { Config } from '#config/config.ts'
import { readSecret, type Secret } from '#config/secret.ts'
import type { ErrorAnswer, ReadyAnswer } from '#http/wire.ts'
import { CommandFailed, EXIT } from './failure.ts'

const TIMEOUT_MS = 15_000

/** Where the API is; `--url` wins over the configuration. */
export interface OperatorChoice {
  readonly config: string
  readonly url?: string
}

export interface OperatorClient extends ActionClient {
  readonly url: string
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
}

/** @throws ConfigError, SecretUnavailable; calls throw CommandFailed with what the server said */
export function openOperatorClient(choice: OperatorChoice): OperatorClient {
  const config = loadConfig(choice.config)
  const url = choice.url ?? apiUrlOf(config)
  const token = operatorToken(config)
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> =>
    await reach(url, path, {
      method,
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await ask(method, path, body)
    const answer = (await response.json().catch(() => null)) as T | ErrorAnswer | null
    if (response.ok && answer !== null && typeof answer === 'object') return answer as T
    if (response.ok) throw notTruebook(url)
    throw refusal(url, response.status, answer as ErrorAnswer | null)
  }
  return {
    url,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    async send(path, body) {
      const response = await ask('POST', path, body)
      const answer: unknown = await response.json().catch(() => null)
      return { status: response.status, body: answer }
    },
  }
}

/** The operator token of a configuration. @throws SecretUnavailable, CommandFailed */
export function operatorToken(config: Config): Secret {
  const place = operatorTokenPlace(config)
  if (config.http.operatorToken === null && place.kind === 'file' && !existsSync(place.path)) {
    throw new CommandFailed(
      `Expected the operator token in ${place.path}, saw no such file: the first "truebook start" or "truebook api" makes it.`,
      EXIT.unavailable,
    )
  }
  return readSecret(place).secret
}

/** Where the API of a configuration is reached from this machine. */
export function apiUrlOf(config: Config): string {
  const { host, port, tls } = config.http
  const everywhere = host === '0.0.0.0' || host === '::'
  const name = everywhere ? '127.0.0.1' : host
  return `${tls === null ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** What `/readyz` says; it answers without a token, ready or not. @throws CommandFailed when nobody answers */
export async function readReadiness(url: string): Promise<ReadyAnswer> {
  const response = await reach(url, '/readyz', { method: 'GET' })
  const answer = (await response.json().catch(() => null)) as Partial<ReadyAnswer> | null
  if (Array.isArray(answer?.checks)) return answer as ReadyAnswer
  throw notTruebook(url)
}

function notTruebook(url: string): CommandFailed {
  return new CommandFailed(
    `Expected Truebook at ${url}, saw an answer that is not its own. Name it with --url.`,
    EXIT.unavailable,
  )
}

/** It would be told with every failure. @throws CommandFailed */
function withoutPassword(url: string): string {
  if (URL.canParse(url) && new URL(url).password === '') return url
  throw new CommandFailed(
    'Expected --url to be an address without a password, such as http://127.0.0.1:8700; saw another.',
    EXIT.usage,
  )
}

async function reach(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, withoutPassword(url)), {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (error) {
    if (error instanceof CommandFailed) throw error
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : (error as Error).message
    throw new CommandFailed(
      `Expected Truebook to answer at ${url}, saw: ${cause}. Start it (truebook start --config FILE), or name it with --url.`,
      EXIT.unavailable,
      { cause: error },
    )
  }
}

function refusal(url: string, status: number, answer: ErrorAnswer | null): CommandFailed {
  const said = answer?.error?.message ?? `it answered ${status} without a reason`
  return new CommandFailed(`${url} refused: ${said}`, status >= 500 ? EXIT.unavailable : EXIT.refused)
}
