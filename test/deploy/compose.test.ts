/** docker-compose.yml and the Dockerfile keep what the documents promise of them. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

import { parse } from 'yaml'

import { parseConfig } from '#config/load-config.ts'

interface Service {
  readonly image: string
  readonly command: readonly string[]
  readonly container_name?: string
  readonly profiles?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly stop_grace_period?: string
  readonly read_only?: boolean
}

interface Compose {
  readonly services: Readonly<Record<'redis' | 'worker' | 'api' | 'firestore', Service>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const root = dirname(dirname(import.meta.dirname))
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose
const { redis, worker, api, firestore } = compose.services

function optionOf(command: readonly string[], name: string): string | undefined {
  const index = command.indexOf(name)
  return index === -1 ? undefined : command[index + 1]
}

test('Redis keeps an append-only file on a volume and never evicts', () => {
  assert.equal(optionOf(redis.command, '--appendonly'), 'yes')
  assert.equal(optionOf(redis.command, '--appendfsync'), 'everysec')
  assert.equal(optionOf(redis.command, '--maxmemory-policy'), 'noeviction')
  assert.deepEqual(redis.volumes, ['redis:/data'])
  assert.ok('redis' in compose.volumes)
})

test('Redis has a health check, is waited for, and is reachable from no network but its own', () => {
  assert.deepEqual(redis.healthcheck?.test, ['CMD', 'redis-cli', 'ping'])
  assert.equal(redis.ports, undefined)
  for (const service of [worker, api]) assert.deepEqual(service.depends_on, { redis: { condition: 'service_healthy' } })
})

test('workers scale: no fixed name and no port of the host', () => {
  assert.equal(worker.container_name, undefined)
  assert.equal(worker.ports, undefined)
})

test('the API listens on this machine only', () => {
  assert.ok(api.ports !== undefined && api.ports.length > 0)
  for (const port of api.ports) assert.match(port, /^127\.0\.0\.1:/)
})

test('the API is healthy when it is ready', () => {
  assert.match(api.healthcheck?.test.at(-1) ?? '', /^fetch\('http:\/\/127\.0\.0\.1:8700\/readyz'\)/)
})

test('the Firestore emulator, and nothing else, needs the dev profile', () => {
  assert.deepEqual(firestore.profiles, ['dev'])
  for (const service of [redis, worker, api]) assert.equal(service.profiles, undefined)
})

test('a stopped service has the time to drain', () => {
  const seconds = (service: Service): number => Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1])
  assert.ok(seconds(worker) >= 60)
  assert.ok(seconds(api) >= 30)
  assert.ok(seconds(redis) >= 30)
})

test('secrets are files: each that the configuration names is mounted, none is in the environment', () => {
  const named = [...read('deploy/truebook.yaml').matchAll(/_file: \/run\/secrets\/(\S+)/g)].map(([, name = '']) => name)
  assert.deepEqual(named.toSorted(), Object.keys(compose.secrets).toSorted())
  for (const { file } of Object.values(compose.secrets)) assert.match(file, /^\.\/secrets\//)
  assert.match(read('.gitignore'), /^secrets\/$/m)
  for (const service of [worker, api]) {
    assert.deepEqual(Object.keys(service.environment ?? {}).toSorted(), ['FIRESTORE_EMULATOR_HOST', 'REDIS_URL'])
  }
})

test('only workers hold the key that trades; only the API holds the tokens of its callers', () => {
  assert.deepEqual(worker.secrets, ['agent-key', 'metrics-token'])
  assert.deepEqual(api.secrets, ['signal-token', 'operator-token', 'metrics-token'])
})

test('the mounted configuration is valid and takes its Redis from the environment that compose sets', () => {
  const config = parseConfig(read('deploy/truebook.yaml'), '/etc/truebook/truebook.yaml')
  assert.deepEqual(config.redis.urlSecret, { kind: 'env', name: 'REDIS_URL' })
  assert.equal(config.dataDir, '/data')
  assert.equal(api.ports?.[0], `127.0.0.1:${config.http.port}:${config.http.port}`)
  for (const service of [worker, api]) {
    assert.equal(optionOf(service.command, '--config'), '/etc/truebook/truebook.yaml')
    assert.ok(service.volumes?.includes('./deploy/truebook.yaml:/etc/truebook/truebook.yaml:ro'))
    assert.ok(service.volumes?.includes('book:/data'))
    assert.equal(service.read_only, true)
  }
})

test('one image runs every role, as an ordinary user, and ends on SIGTERM', () => {
  const dockerfile = read('Dockerfile')
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  for (const [, image = ''] of dockerfile.matchAll(/^FROM (\S+)/gm)) assert.match(image, /^node:24-slim$/)
  assert.match(dockerfile, /^RUN npm ci --omit=dev --ignore-scripts /m)
  assert.match(last, /^USER node$/m)
  assert.ok(
    last.indexOf('\nUSER node') > last.lastIndexOf('\nRUN '),
    'the user is set after the last command of the build',
  )
  assert.match(last, /^STOPSIGNAL SIGTERM$/m)
  assert.match(last, /^ENV NODE_COMPILE_CACHE=\/tmp\//m)
  const entry = /^ENTRYPOINT (.+)$/m.exec(last)?.[1] ?? '[]'
  assert.deepEqual(JSON.parse(entry), ['node', 'src/cli/main.mjs'])
  assert.match(last, /^CMD \["worker",/m)
  assert.equal(worker.image, api.image)
  assert.equal(worker.command[0], 'worker')
  assert.equal(api.command[0], 'api')
})

test('the build sees only what it copies', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  )
  const visible = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  assert.deepEqual([...new Set(copied)].toSorted(), visible.toSorted())
  for (const name of visible) assert.ok(existsSync(join(root, name)), `${name} exists`)
})
