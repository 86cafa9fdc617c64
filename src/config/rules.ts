/** Rules of the configuration that span several keys. They look at the raw input, so that they speak even when other keys are wrong. */
import { STAGES } from '#domain/message.ts'
import { looksLikeSecret, type Mistake } from '#validation/mistake.ts'
import { pubsubMistakes } from './pubsub.ts'
import { isLoopbackHost } from './scalars.ts'

type Fields = Readonly<Record<string, unknown>>
type Path = readonly PropertyKey[]

/** Mistakes against the rules that no single key can show. */
export function ruleMistakes(input: unknown): Mistake[] {
  const file = fieldsOf(input)
  const http = fieldsOf(file['http'])
  const accounts = listOf(file['accounts']).map(fieldsOf)
  const tokens = listOf(http['signal_tokens']).map(fieldsOf)
  return [
    ...hostMistakes(http),
    ...atMostOne(fieldsOf(file['redis']), ['redis'], ['url', 'url_file', 'url_env']),
    ...passwordMistakes(fieldsOf(file['redis'])),
    ...atMostOne(http, ['http'], ['operator_token_file', 'operator_token_env']),
    ...alertMistakes(fieldsOf(file['alerts'])),
    ...telemetryMistakes(fieldsOf(file['metrics']), fieldsOf(file['tracing'])),
    ...tokens.flatMap((token, index) => exactlyOne(token, ['http', 'signal_tokens', index], SIGNAL_SECRETS)),
    ...repeated(tokens, ['http', 'signal_tokens'], ['name']),
    ...operatorMistakes(listOf(http['operators']).map(fieldsOf)),
    ...accounts.flatMap((account, index) =>
      credentialsOf(account['venue']).flatMap((credential) =>
        exactlyOne(account, ['accounts', index], [`${credential}_file`, `${credential}_env`]),
      ),
    ),
    ...pubsubMistakes(fieldsOf(file['pubsub']), tokens),
    ...repeated(accounts, ['accounts'], ['id']),
    ...repeated(accounts, ['accounts'], ['master', 'network', 'base_url']),
    ...repeated(accounts, ['accounts'], ['account_name', 'user_name', 'base_url']),
    ...repeated(accounts, ['accounts'], ['api_secret_file']),
    ...repeated(accounts, ['accounts'], ['api_secret_env']),
    ...accounts.flatMap((account, index) => modeMistakes(file['mode'], account, index)),
    ...clockMistakes(file['clock_offset_ms'], accounts),
    ...pastedSecrets(input, []),
  ]
}

function alertMistakes(alerts: Fields): Mistake[] {
  const sinks = listOf(alerts['sinks']).map(fieldsOf)
  const isShort = alerts['webhook_url_file'] !== undefined || alerts['webhook_url_env'] !== undefined
  return [
    ...atMostOne(alerts, ['alerts'], ['webhook_url_file', 'webhook_url_env']),
    ...atMostOne(alerts, ['alerts'], ['heartbeat_url_file', 'heartbeat_url_env']),
    ...repeated(sinks, ['alerts', 'sinks'], ['name']),
    ...sinks.flatMap((sink, index) => sinkMistakes(sink, ['alerts', 'sinks', index], isShort)),
  ]
}

/** The secret that a sink of a type needs. */
const SINK_SECRETS: ReadonlyMap<unknown, string> = new Map([
  ['webhook', 'url'],
  ['slack', 'url'],
  ['telegram', 'token'],
  ['pagerduty', 'routing_key'],
  ['mail', 'password'],
])

function sinkMistakes(sink: Fields, path: Path, webhookIsTaken: boolean): Mistake[] {
  const { type, name } = sink
  const secret = SINK_SECRETS.get(type)
  const keys = [`${secret}_file`, `${secret}_env`]
  const taken = { log: type !== 'log', webhook: webhookIsTaken }
  return [
    ...(Object.entries(taken).some(([word, isTaken]) => isTaken && name === word)
      ? [wrong([...path, 'name'], 'another name', `${JSON.stringify(name)}, the name of a sink that is there already`)]
      : []),
    ...(type === 'mail' ? mailMistakes(sink, path, keys) : []),
    ...(secret === undefined || type === 'mail' ? [] : exactlyOne(sink, path, keys)),
  ]
}

function mailMistakes({ user, tls, host, ...mail }: Fields, path: Path, keys: readonly string[]): Mistake[] {
  const hasPassword = keys.some((key) => mail[key] !== undefined)
  return [
    ...(user === undefined ? [] : exactlyOne(mail, path, keys)),
    ...(user === undefined && hasPassword
      ? [wrong([...path, 'user'], 'the user to whom the password belongs', 'none')]
      : []),
    ...(tls === 'none' && !isLoopbackHost(String(host))
      ? [wrong([...path, 'tls'], 'starttls or implicit, unless the server is on this machine', '"none"')]
      : []),
  ]
}

function hostMistakes(http: Fields): Mistake[] {
  const host = http['host']
  if (typeof host !== 'string' || isLoopbackHost(host)) return []
  if (http['tls'] !== undefined || http['behind_proxy'] === true) return []
  const expected =
    'tls, or behind_proxy: true, before listening beyond this machine (tokens would travel in clear text)'
  return [wrong(['http', 'host'], expected, JSON.stringify(host))]
}

/** Metrics tell of money and positions, and headers of a collector are credentials: neither leaves this machine unprotected. */
function telemetryMistakes(metrics: Fields, tracing: Fields): Mistake[] {
  const mistakes = [
    ...atMostOne(metrics, ['metrics'], ['token_file', 'token_env']),
    ...atMostOne(tracing, ['tracing'], ['headers_file', 'headers_env']),
  ]
  const { host } = metrics
  if (typeof host === 'string' && !isLoopbackHost(host) && !metrics['token_file'] && !metrics['token_env']) {
    const expected = 'token_file or token_env before listening beyond this machine'
    mistakes.push(wrong(['metrics', 'host'], expected, JSON.stringify(host)))
  }
  const { endpoint } = tracing
  const headers = ['headers_file', 'headers_env'].find((key) => tracing[key] !== undefined)
  if (headers === undefined) return mistakes
  if (endpoint === undefined) mistakes.push(wrong(['tracing', headers], 'endpoint beside it', 'none'))
  if (typeof endpoint === 'string' && endpoint.startsWith('http:') && !isOnThisMachine(endpoint)) {
    const expected = `https, since ${headers} is sent along (plain text only to this machine)`
    mistakes.push(wrong(['tracing', 'endpoint'], expected, 'http'))
  }
  return mistakes
}

const SIGNAL_SECRETS = ['token_file', 'token_env', 'hmac_secret_file', 'hmac_secret_env']
/** Actors of audit records that are no people. */
const ACTORS: readonly string[] = [...STAGES, 'operator', 'default', 'truebook', 'watchdog']

function operatorMistakes(operators: readonly Fields[]): Mistake[] {
  const path = ['http', 'operators']
  return [
    ...operators.flatMap((operator, index) => exactlyOne(operator, [...path, index], ['token_file', 'token_env'])),
    ...repeated(operators, path, ['name']),
    ...operators.flatMap(({ name }, index) => {
      if (typeof name !== 'string' || !ACTORS.includes(name.toLowerCase())) return []
      const expected = 'the name of a person ("operator" is the first admin, others are parts of Truebook)'
      return [wrong([...path, index, 'name'], expected, JSON.stringify(name))]
    }),
  ]
}

function passwordMistakes(redis: Fields): Mistake[] {
  const url = redis['url']
  if (typeof url !== 'string' || !URL.canParse(url) || new URL(url).password === '') return []
  return [
    wrong(
      ['redis', 'url'],
      'no password here; put the URL into a file and name it with url_file',
      'a URL with a password',
    ),
  ]
}

function clockMistakes(offset: unknown, accounts: readonly Fields[]): Mistake[] {
  if (offset === undefined || offset === 0 || accounts.every((account) => isOnThisMachine(account['base_url'])))
    return []
  return [
    wrong(['clock_offset_ms'], '0, unless every account is at a simulator on this machine', JSON.stringify(offset)),
  ]
}

/** Names of the secrets an account of a venue needs. */
function credentialsOf(venue: unknown): readonly string[] {
  if (venue === 'bybit') return ['api_key', 'api_secret']
  if (venue === 'projectx') return ['api_key']
  return venue === 'hyperliquid' ? ['agent_key'] : []
}

function modeMistakes(mode: unknown, account: Fields, index: number): Mistake[] {
  const path = ['accounts', index, 'network']
  if (mode === 'live') {
    if (account['network'] !== 'testnet') return []
    const expected = 'mainnet while mode is live (run testnet accounts in a process of their own, mode: paper)'
    return [wrong(path, expected, '"testnet"')]
  }
  if (isOnThisMachine(account['base_url'])) return []
  if (account['allow_live_funded'] === true) {
    const expected = 'mode: live at the top of the file before a live funded account is traded'
    return [wrong(['accounts', index, 'allow_live_funded'], expected, 'true in paper mode')]
  }
  if (account['network'] !== 'mainnet') return []
  const paper = account['venue'] === 'bybit' ? 'demo or testnet' : 'testnet'
  return [wrong(path, `${paper}, or mode: live at the top of the file to trade real money`, '"mainnet" in paper mode')]
}

function isOnThisMachine(baseUrl: unknown): boolean {
  return typeof baseUrl === 'string' && URL.canParse(baseUrl) && isLoopbackHost(new URL(baseUrl).hostname)
}

/** Keys whose value is the place of something, which errors name. */
const PLACES = /_(file|env)$|^rules$/

/** A secret pasted where its place belongs would be printed as a path by the next error: refuse it unseen. */
function pastedSecrets(value: unknown, path: Path): Mistake[] {
  const isPlace = PLACES.test(String(path.at(-1)))
  if (typeof value === 'string' && (/^(0x)?[0-9a-fA-F]{64}$/.test(value) || (isPlace && looksLikeSecret(value)))) {
    const expected =
      'the place of a secret (a file or an environment variable); treat this key as disclosed and replace it'
    return [wrong(path, expected, isPlace ? 'what looks like a secret' : 'what looks like a private key')]
  }
  if (Array.isArray(value)) return value.flatMap((member, index) => pastedSecrets(member, [...path, index]))
  return Object.entries(fieldsOf(value)).flatMap(([key, member]) => pastedSecrets(member, [...path, key]))
}

function exactlyOne(fields: Fields, path: Path, keys: readonly string[]): Mistake[] {
  if (keys.some((key) => fields[key] !== undefined)) return atMostOne(fields, path, keys)
  return [{ path, kind: 'wrong-value', expected: `one of the keys ${keys.join(' or ')}`, seen: 'neither' }]
}

function atMostOne(fields: Fields, path: Path, keys: readonly string[]): Mistake[] {
  const [first, second] = keys.filter((key) => fields[key] !== undefined)
  if (first === undefined || second === undefined) return []
  return [wrong([...path, second], `only one of the keys ${keys.join(', ')}`, `${first} as well`)]
}

/** Two entries that agree in all `keys`; addresses are compared without regard to case. */
function repeated(entries: readonly Fields[], path: Path, keys: readonly [string, ...string[]]): Mistake[] {
  const first = new Map<string, number>()
  return entries.flatMap((entry, index) => {
    if (typeof entry[keys[0]] !== 'string') return []
    const identity = JSON.stringify(keys.map((key) => entry[key])).toLowerCase()
    const earlier = first.get(identity)
    if (earlier === undefined) {
      first.set(identity, index)
      return []
    }
    return [wrong([...path, index, keys[0]], `its own ${keys[0]}`, `the ${keys[0]} of entry ${earlier} again`)]
  })
}

function wrong(path: Path, expected: string, seen: string): Mistake {
  return { path, kind: 'wrong-value', expected, seen }
}

function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
