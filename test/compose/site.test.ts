/** What belongs to a site: its accounts, the looks that repeat for them, and whether somebody works there. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { accountsOf, requireSite, schedulesOf, SiteUnknown } from '#compose/site.ts'
import { checkSites } from '#compose/site-checks.ts'
import { parseConfig } from '#config/load-config.ts'
import { provideRedis } from '#embedded/redis.ts'
import { runWorkers } from '#test/workers/bullmq/workers.ts'

const account = (id: string, more: string): string =>
  `{id: ${id}, venue: bybit, network: demo, api_key_env: K_${id}, api_secret_env: S_${id}, strategies: ["*"], gates: {instruments: ["*"]}${more}}`
const RULES = resolve(import.meta.dirname, '../../programmes/hyrotrader-1-step-standard.yaml')
const CONFIG = parseConfig(
  `sweep: {every_ms: 30000}
accounts:
  - ${account('plain', '')}
  - ${account('prop', `, programme: {rules: ${RULES}, look_ms: 1500}`)}
  - ${account('desk', `, site: mac, programme: {rules: ${RULES}}`)}
`,
  '/x/truebook.yaml',
)

test('a process works for the accounts of its own site only', () => {
  const idsOf = (site: string | null): string[] => accountsOf(CONFIG, site).map(({ id }) => id)
  assert.deepEqual(idsOf(null), ['plain', 'prop'])
  assert.deepEqual(idsOf('mac'), ['desk'])
  requireSite(CONFIG, null)
  requireSite(CONFIG, 'mac')
  assert.throws(() => requireSite(CONFIG, 'moon'), SiteUnknown)
})

test('each site repeats a sweep of its accounts, and guards those that a programme owns at the pace of their configuration', () => {
  const sweep = { stage: 'sweep', account: '*', everyMs: 30_000 }
  assert.deepEqual(schedulesOf(CONFIG, null), [sweep, { stage: 'guard', account: 'prop', everyMs: 1500 }])
  assert.deepEqual(schedulesOf(CONFIG, 'mac'), [sweep, { stage: 'guard', account: 'desk', everyMs: 2000 }])
})

test('the doctor counts workers in the private Redis, starts none, and names the stages that nobody works on', async () => {
  await using opened = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'truebook-site-checks-'))
  opened.defer(() => rmSync(folder, { recursive: true, force: true }))
  const text = `{data_dir: ., redis: {prefix: test}, accounts: [${account('plain', '')}]}`
  const config = parseConfig(text, join(folder, 'truebook.yaml'))
  const [before] = await checkSites(config)
  assert.deepEqual([before?.level, before?.check, before?.fix], ['warn', 'workers', 'start: truebook start'])
  const redis = await provideRedis({ dataDir: join(folder, 'redis') })
  opened.defer(() => redis.stop())
  assert.equal((await checkSites(config))[0]?.level, 'warn')
  const handler = async () => ({ kind: 'done', next: [], detail: '' }) as const
  const workers = await runWorkers(redis.url, { place: handler, close: handler })
  opened.defer(async () => void (await workers.close(1000)))
  const [partly] = await checkSites(config)
  assert.equal(partly?.level, 'fail')
  assert.equal(partly.fix, 'start: truebook worker --stages route,precheck,monitor,reconcile,sweep,guard')
})
