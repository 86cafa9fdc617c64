/** `truebook signal send`: one signal, or an array of them, from a JSON file or standard input. */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { type ClientOptions, createTruebookClient, type SentSignal } from '#client/client.ts'
import type { Config } from '#config/config.ts'
import { loadConfig } from '#config/load-config.ts'
import { readSecret } from '#config/secret.ts'
import type { SignalInput } from '#domain/signal.ts'
import { CommandFailed, EXIT } from './failure.ts'
import { apiUrlOf, operatorToken } from './operator-client.ts'
import { say, sayJson } from './print.ts'

export interface SendOptions {
  readonly file: string
  readonly config: string
  readonly url?: string
  readonly as?: string
  readonly operator?: boolean
  readonly json?: boolean
}

/** Sends in the order of the file and stops at the first refusal. @throws the client's errors */
export async function sendSignals(options: SendOptions): Promise<void> {
  const signals = await readSignals(options.file)
  const config = loadConfig(options.config)
  const client = createTruebookClient({
    url: options.url ?? apiUrlOf(config),
    ...proofOf(config, options),
  })
  const sent: SentSignal[] = []
  for (const signal of signals) {
    const answer = await client.sendSignal(signal as SignalInput)
    sent.push(answer)
    if (options.json) continue
    say(`${answer.signal_key} ${answer.repeated ? 'had been accepted before' : 'accepted'}`)
    for (const entry of answer.accounts) {
      const gate =
        entry.gate === undefined ? '' : ` by ${entry.gate} (limit ${entry.limit}, observed ${entry.observed})`
      say(`  ${entry.account}  ${entry.status}${gate}  ${entry.position_id}`)
    }
  }
  if (options.json) sayJson({ sent })
}

async function readSignals(file: string): Promise<readonly unknown[]> {
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
  try {
    const parsed: unknown = JSON.parse(content)
    return Array.isArray(parsed) ? parsed : [parsed]
  } catch (error) {
    const name = file === '-' ? 'standard input' : file
    throw new CommandFailed(`Expected ${name} to hold JSON, saw text that is none${placeOf(error)}.`, EXIT.usage)
  }
}

// The parser quotes what it read, and that may be a secret's file.
function placeOf(error: unknown): string {
  const place = /at position \d+/.exec(error instanceof Error ? error.message : '')?.[0]
  return place === undefined ? '' : ` ${place}`
}

function proofOf(config: Config, options: SendOptions): Pick<ClientOptions, 'token' | 'signing'> {
  if (options.operator) return { token: operatorToken(config).reveal() }
  const names = config.http.signalTokens.map((entry) => entry.name)
  const found =
    options.as === undefined
      ? config.http.signalTokens[0]
      : config.http.signalTokens.find((entry) => entry.name === options.as)
  if (found === undefined) {
    const seen = options.as === undefined ? 'none' : `"${options.as}"`
    const known =
      names.length === 0 ? 'an entry under http.signal_tokens' : `one of the signal tokens ${names.join(', ')}`
    throw new CommandFailed(`Expected ${known}, saw ${seen}.`, EXIT.usage)
  }
  const secret = readSecret(found.token).secret.reveal()
  return found.proof === 'hmac' ? { signing: { name: found.name, secret } } : { token: secret }
}
