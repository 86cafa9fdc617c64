/** The watchdog as a process of its own: no Redis, no venue, no trading credential; its switch is told while all is well, and falls silent. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { startWatchdog } from '#compose/start-watchdog.ts'
import { watchedOf } from '#compose/watchdog.ts'
import { parseConfig } from '#config/load-config.ts'
import { type Loopback, openLoopback } from '#test/alerting/loopback.ts'
import { eventually } from '#test/support/eventually.ts'

const LOOK_MS = 10_000

function configAt(folder: string, server: Loopback) {
  writeFileSync(join(folder, 'hook'), `${server.url}/hook`, { mode: 0o600 })
  writeFileSync(join(folder, 'switch'), `${server.url}/switch`, { mode: 0o600 })
  return parseConfig(
    `redis: {url: "redis://127.0.0.1:1"}
sweep: {every_ms: 3600000}
alerts: {webhook_url_file: hook, heartbeat_url_file: switch}
accounts: [{id: a, venue: hyperliquid, network: testnet, master: 0x00000000000000000000000000000000000000aa,
    agent_key_file: never-there, strategies: ["*"], gates: {instruments: ["*"]}}]`,
    join(folder, 'truebook.yaml'),
  )
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

test('it misses the workers, tells the sinks, and its silence tells the dead man’s switch', async (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-watchdog-'))
  try {
    await using server = await openLoopback()
    const config = configAt(folder, server)
    const book = await openEmbeddedBook({ file: config.book.type === 'embedded' ? config.book.file : '' })
    t.mock.timers.enable({ apis: ['setInterval', 'Date'], now: 1_800_000_000_000 })
    let looks = 0
    await using _running = await startWatchdog(config, { log: silent })
    const at = (path: string) => server.received.filter((request) => request.path === path)
    /** One look of the watchdog, and the sign of life of a worker before it. */
    const look = async (alive: boolean): Promise<void> => {
      looks += 1
      if (alive) {
        const stages = watchedOf(config).posts[0]?.stages ?? []
        const accounts = [{ account: 'a', downSince: null, pricedAt: null }]
        const row = { process: 'box', site: null, stages, accounts, startedAt: 0, at: looks }
        await book.commit([{ op: 'put', kind: 'heartbeats', id: 'box', row }])
      }
      t.mock.timers.tick(LOOK_MS)
      // Looks that overlap are left out: give this one its turns of the loop.
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
    }
    for (let n = 0; n < 5; n++) await look(true)
    await eventually(() => at('/switch').length > 0, { what: 'the switch to be told' })
    assert.equal(at('/hook').length, 0)
    const tolds = at('/switch').length
    for (let n = 0; n < 8; n++) await look(false)
    await eventually(() => at('/hook').length > 0, { what: 'the alert' })
    const [alert] = at('/hook').map(({ body }) => JSON.parse(body) as { event: string; alert: { kind: string } })
    assert.deepEqual([alert?.event, alert?.alert.kind], ['raised', 'workers-gone'])
    const silentFrom = at('/switch').length
    assert.ok(silentFrom <= tolds + 1, 'until it was missed, all seemed well')
    for (let n = 0; n < 12; n++) await look(false)
    assert.equal(at('/switch').length, silentFrom, 'the switch hears nothing while something is wrong')
    await book.close()
  } finally {
    t.mock.timers.reset()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('guards are watched where a programme wants one, and what has no site is worked on from anywhere', () => {
  const account = (id: string, site: string | null, programme: object | null) => ({
    id,
    site,
    venue: id.startsWith('px') ? 'projectx' : 'hyperliquid',
    policy: { programme },
  })
  const accounts = [account('hl', null, null), account('px', 'mac', {})]
  const config = { accounts, sweep: { everyMs: 30_000 }, watchdog: { workerMs: 60_000, feedMs: 120_000 } }
  const watched = watchedOf(config as unknown as Parameters<typeof watchedOf>[0])
  assert.deepEqual(
    watched.posts.map(({ site, stages, accounts: there }) => [site, stages.includes('guard'), there]),
    [
      [null, false, [{ account: 'hl', alwaysPriced: true }]],
      ['mac', true, [{ account: 'px', alwaysPriced: false }]],
    ],
  )
  assert.ok(watched.siteless.includes('alerts'))
})
