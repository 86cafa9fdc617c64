/** Read-only checks of an installation, one after another; each finding says what to do. Nothing here changes anything. */
import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { placeOf } from '#config/account.ts'
import type { Config } from '#config/config.ts'
import { readSecret, secretPlace, type Secret, type SecretRef } from '#config/secret.ts'
import { scopeOfControl, scopeText } from '#domain/control.ts'
import { findRedisProgram } from '#embedded/redis-server.ts'
import { addressOf, connectRedis, disconnectRedis } from '#queues/bullmq/connection.ts'
import type { QueueLog } from '#queues/bullmq/queue-log.ts'
import { checkRedis } from '#queues/bullmq/redis-check.ts'
import type { Site } from '#queues/site.ts'
import { openBook } from './open-book.ts'
import { accountsOf } from './site.ts'

/** One line of the doctor's report. `fix` is a command or an instruction; null when nothing is to be done. */
export interface Check {
  readonly level: 'ok' | 'warn' | 'fail' | 'skip'
  readonly check: string
  readonly detail: string
  readonly fix: string | null
}

const NODE_MAJOR = 24
/** For what is opened only to look. */
export const SILENT: QueueLog = { info: () => {}, warn: () => {}, error: () => {} }

/** The Node that runs this. */
export function checkNode(version: string = process.versions.node): Check {
  const major = Number(version.split('.')[0])
  if (major >= NODE_MAJOR) return ok('node', version)
  return fail(
    'node',
    `expected Node ${NODE_MAJOR} or newer, saw ${version}`,
    `install Node ${NODE_MAJOR}, or use: npx node`,
  )
}

/** Paper or live, said aloud. */
export function checkMode(config: Config): Check {
  const siteOf = (site: Site): string => (site === null ? '' : ` from site ${site}`)
  const accounts = config.accounts
    .map((account) => `${account.id} on ${placeOf(account)}${siteOf(account.site)}`)
    .join(', ')
  return ok('mode', `${config.mode === 'live' ? 'LIVE, real money' : 'paper'}: ${accounts}`)
}

/** Every secret can be read, those of other sites' accounts apart: they must not be here. Values are never shown. */
export function checkSecrets(config: Config, site: Site): Check[] {
  const wanted: [string, SecretRef | null][] = [
    ['redis url', config.redis.urlSecret],
    ['heartbeat url', config.alerts.heartbeatUrl],
    ...config.alerts.sinks.flatMap(({ name, secrets }) =>
      Object.entries(secrets).map(([key, ref]): [string, SecretRef] => [`${key} of the sink ${name}`, ref]),
    ),
    ['operator token', config.http.operatorToken],
    ...config.http.operators.map((entry): [string, SecretRef] => [`token of ${entry.name}`, entry.token]),
    ...config.http.signalTokens.map((entry): [string, SecretRef] => [`signal token ${entry.name}`, entry.token]),
    ...accountsOf(config, site).flatMap((account) =>
      Object.entries(account.secrets).map(([name, ref]): [string, SecretRef] => [`${name} of ${account.id}`, ref]),
    ),
  ]
  const checks = wanted.flatMap(([name, ref]) => (ref === null ? [] : [checkSecret(`secret: ${name}`, ref)]))
  if (config.http.signalTokens.length > 0) return checks
  const fix = 'add an entry under http.signal_tokens; make its token: openssl rand -hex 32'
  return [...checks, { level: 'warn', check: 'signal tokens', detail: 'none: nobody can send signals over HTTP', fix }]
}

function checkSecret(check: string, ref: SecretRef): Check {
  try {
    const { warning } = readSecret(ref)
    const fix = ref.kind === 'file' ? `chmod 600 ${ref.path}` : null
    return warning === null ? ok(check, secretPlace(ref)) : { level: 'warn', check, detail: warning, fix }
  } catch (error) {
    const fix =
      ref.kind === 'file' ? `put the secret into ${ref.path}, then: chmod 600 ${ref.path}` : `export ${ref.name}=...`
    return fail(check, (error as Error).message, fix)
  }
}

/** Addresses that are secrets are what they must be; nothing is sent to them. */
export function checkSinks(config: Config): Check[] {
  const { sinks, heartbeatUrl } = config.alerts
  const addresses = sinks.flatMap(({ name, secrets: { url } }): [string, SecretRef][] =>
    url === undefined ? [] : [[`sink ${name}`, url]],
  )
  if (heartbeatUrl !== null) addresses.push(['heartbeat', heartbeatUrl])
  const reaching = sinks.filter(({ type }) => type !== 'log').map(({ name, type }) => `${name} (${type})`)
  const told =
    reaching.length === 0
      ? skip('alert sinks', 'none configured: alerts stay in the book and the log')
      : ok('alert sinks', `${reaching.join(', ')}; not called`)
  return [told, ...addresses.map(([name, ref]) => checkAddress(name, ref))]
}

function checkAddress(name: string, ref: SecretRef): Check {
  const url = readableSecret(ref)?.reveal()
  if (url === undefined) return skip(name, 'its address cannot be read; see the secrets')
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return ok(name, 'an https address; not called')
  return fail(name, 'expected an address that starts with https://, saw another', `correct ${secretPlace(ref)}`)
}

/** Redis is there and fit, or can be started. Nothing is started by the check. */
export async function checkQueueStore(config: Config): Promise<Check[]> {
  let url: string | null
  try {
    url = config.redis.urlSecret === null ? config.redis.url : readSecret(config.redis.urlSecret).secret.reveal()
  } catch {
    return [skip('redis', 'its URL cannot be read; see the secrets')]
  }
  if (url === null) return [checkRedisProgram()]
  try {
    const redis = await connectRedis({ url, patience: 'fail-fast', name: 'truebook-doctor', log: SILENT })
    try {
      const findings = await checkRedis(redis, url)
      if (findings.length === 0)
        return [ok('redis', `${addressOf(url)}: version, noeviction and append-only file are right`)]
      return findings.map(({ level, expected, seen, fix }) => ({
        level: level === 'refuse' ? 'fail' : 'warn',
        check: 'redis',
        detail: `expected ${expected}, saw ${seen}`,
        fix,
      }))
    } finally {
      await disconnectRedis(redis)
    }
  } catch (error) {
    return [fail('redis', (error as Error).message, `start Redis at ${addressOf(url)}: docker compose up -d redis`)]
  }
}

function checkRedisProgram(): Check {
  try {
    return ok('redis', `embedded: ${findRedisProgram()} is started with Truebook`)
  } catch (error) {
    return fail('redis', (error as Error).message, 'apt-get install -y redis-server')
  }
}

/** The book answers a read. Not written to: what a write needs is proven by the first start. */
export async function checkBook(config: Config): Promise<Check> {
  if (config.book.type === 'embedded' && !existsSync(config.book.file)) return checkNewFile(config.book.file)
  try {
    const book = await openBook(config.book)
    try {
      const controls = await book.list('control', {})
      const halted = controls.flatMap(({ id, row }) => {
        const scope = row.tradingEnabled ? null : scopeOfControl(id)
        return scope === null ? [] : [scopeText(scope)]
      })
      const place = config.book.type === 'embedded' ? config.book.file : `Firestore project ${config.book.projectId}`
      const standing =
        halted.length === 0 ? '' : `; entries of ${halted.join(', ')} are HALTED: truebook resume --why REASON`
      return ok('book', `${place} answers${standing}`)
    } finally {
      await book.close()
    }
  } catch (error) {
    const fix =
      config.book.type === 'embedded'
        ? `check the file and its rights: ls -l ${config.book.file}`
        : 'gcloud auth application-default login'
    return fail('book', (error as Error).message, fix)
  }
}

function checkNewFile(file: string): Check {
  let folder = dirname(file)
  while (!existsSync(folder)) folder = dirname(folder)
  try {
    accessSync(folder, constants.W_OK)
    return ok('book', `${file} will be made at the first start`)
  } catch {
    return fail(
      'book',
      `expected to be able to make ${file}, saw that ${folder} is not writable`,
      `chown "$USER" ${folder}`,
    )
  }
}

/** Where the operator token is, when Truebook makes it itself. */
export function checkOperatorToken(config: Config): Check {
  if (config.http.operatorToken !== null) return ok('operator token', 'configured')
  const file = join(config.dataDir, 'operator-token')
  return existsSync(file)
    ? checkSecret('operator token', { kind: 'file', path: file })
    : ok('operator token', `${file} will be made at the first start`)
}

/** A secret that can be read, or null: the secrets' check has said why. */
export function readableSecret(ref: SecretRef): Secret | null {
  try {
    return readSecret(ref).secret
  } catch {
    return null
  }
}

export function ok(check: string, detail: string): Check {
  return { level: 'ok', check, detail, fix: null }
}

export function skip(check: string, detail: string): Check {
  return { level: 'skip', check, detail, fix: null }
}

export function fail(check: string, detail: string, fix: string): Check {
  return { level: 'fail', check, detail, fix }
}
