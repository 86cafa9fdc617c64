/** Reads the secrets a role needs, and no others: an API never holds a trading credential, a worker only those of its site. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '#config/config.ts'
import { readSecret, Secret, type SecretRef, SecretUnavailable } from '#config/secret.ts'
import type { AccountId } from '#domain/ids.ts'
import type { Tokens } from '#http/callers.ts'
import type { Site } from '#queues/site.ts'
import { accountsOf } from './site.ts'

/** The secrets of one account by name. */
export type Credentials = Readonly<Record<string, Secret>>

/** What a process holds. `all` is for the log's scrubber. */
export interface Secrets {
  readonly redisUrl: Secret | null
  /** Of each sink of alerts, by its name and theirs. */
  readonly sinks: ReadonlyMap<string, Credentials>
  readonly heartbeatUrl: Secret | null
  /** Opens /metrics; null where none is configured. */
  readonly metricsToken: Secret | null
  /** Headers for the collector of traces by name; empty where none are configured. */
  readonly traceHeaders: Credentials
  /** Of each account this process trades, by name, e.g. `agentKey`. */
  readonly credentials: ReadonlyMap<AccountId, Credentials>
  /** Null where the role serves no HTTP. */
  readonly tokens: Tokens | null
  /** This start made the operator token: nobody can have logged in before. */
  readonly firstRun: boolean
  readonly all: readonly Secret[]
  /** Doubts about how they are kept, ready to log. */
  readonly warnings: readonly string[]
}

/** Which secrets a role needs. */
export interface SecretNeeds {
  readonly trades: boolean
  readonly serves: boolean
  /** It only watches: book and sinks, no Redis. */
  readonly watches?: true
  /** Credentials of accounts of other sites are not even looked for. */
  readonly site: Site
}

/** @throws SecretUnavailable naming the place, never the value */
export function readSecrets(config: Config, needs: SecretNeeds): Secrets {
  const all: Secret[] = []
  const warnings: string[] = []
  const read = (ref: SecretRef): Secret => {
    const { secret, warning } = readSecret(ref)
    all.push(secret)
    if (warning !== null) warnings.push(warning)
    return secret
  }
  const readIf = (ref: SecretRef | null): Secret | null => (ref === null ? null : read(ref))
  const firstRun = needs.serves && config.http.operatorToken === null && makeOperatorToken(config)
  // An API tells people itself what the watchdog in it finds: the workers may be what is gone.
  const tells = needs.trades || needs.serves || needs.watches === true
  return {
    redisUrl: needs.watches === true ? null : readIf(config.redis.urlSecret),
    sinks: new Map(tells ? config.alerts.sinks.map((sink) => [sink.name, credentialsOf(sink.secrets, read)]) : []),
    heartbeatUrl: tells ? readIf(config.alerts.heartbeatUrl) : null,
    metricsToken: readIf(config.metrics.token),
    traceHeaders: config.tracing.headers === null ? {} : headersOf(read(config.tracing.headers), all),
    credentials: new Map(
      needs.trades
        ? accountsOf(config, needs.site).map((account) => [account.id, credentialsOf(account.secrets, read)])
        : [],
    ),
    tokens: needs.serves ? readTokens(config, read) : null,
    firstRun,
    all,
    warnings,
  }
}

/** `name=value` separated by commas, as OpenTelemetry writes them. Each value is a secret of its own. @throws SecretUnavailable */
function headersOf(line: Secret, all: Secret[]): Credentials {
  const pairs = line.reveal().split(',')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, text] = /^\s*([\w-]+)\s*=\s*(.+?)\s*$/.exec(pair) ?? []
      if (name === undefined || text === undefined) {
        throw new SecretUnavailable('Expected tracing headers such as authorization=Bearer abc, saw another form.')
      }
      const value = new Secret(text)
      all.push(value)
      return [name.toLowerCase(), value]
    }),
  )
}

/** Reads an account's secrets. @throws SecretUnavailable */
export function credentialsOf(
  places: Readonly<Record<string, SecretRef>>,
  read: (ref: SecretRef) => Secret,
): Credentials {
  return Object.fromEntries(Object.entries(places).map(([name, ref]) => [name, read(ref)]))
}

/** Where the operator token is kept: as configured, or in the file that Truebook makes itself. */
export function operatorTokenPlace(config: Config): SecretRef {
  return config.http.operatorToken ?? { kind: 'file', path: join(config.dataDir, 'operator-token') }
}

function readTokens(config: Config, read: (ref: SecretRef) => Secret): Tokens {
  return {
    operators: [
      { name: 'operator', role: 'admin', token: read(operatorTokenPlace(config)) },
      ...config.http.operators.map(({ name, role, token }) => ({ name, role, token: read(token) })),
    ],
    signals: config.http.signalTokens.map((entry) => ({
      name: entry.name,
      proof: entry.proof,
      token: read(entry.token),
      strategies: entry.strategies,
    })),
  }
}

/** No default password exists: the first start makes a token that only its owner can read. Whether this was that start. */
function makeOperatorToken(config: Config): boolean {
  mkdirSync(config.dataDir, { recursive: true })
  try {
    writeFileSync(join(config.dataDir, 'operator-token'), `${randomBytes(32).toString('hex')}\n`, {
      flag: 'wx',
      mode: 0o600,
    })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
