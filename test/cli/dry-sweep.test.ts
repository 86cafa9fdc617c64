/** `truebook sweep --dry-run`: with nobody running, and without a trace. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { EXIT } from '#cli/failure.ts'
import type { DrySweepReport } from '#compose/dry-sweep.ts'
import { loadConfig } from '#config/load-config.ts'
import { startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { type Installation, install } from '#simulators/installation/install.ts'
import { type Finished, truebook } from './run-truebook.ts'

const opened = new AsyncDisposableStack()
let installation: Installation
const dryRun = async (...args: string[]): Promise<Finished> =>
  await truebook(['sweep', '--dry-run', '--config', installation.configFile, ...args])

before(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'truebook-dry-sweep-'))
  opened.defer(() => rmSync(dir, { recursive: true, force: true }))
  const venue = await startHyperliquidVenue({ port: 0, network: 'testnet', seed: 1, rateLimits: Infinity })
  opened.defer(() => venue.stop())
  installation = await install({ dir, venueUrl: venue.url, seed: 'dry', accounts: ['alpha', 'beta'] })
})
after(() => opened.disposeAsync())

test('before the first start the broker is compared with an empty book, and none is made', async () => {
  const { code, stdout, stderr } = await dryRun()
  assert.deepEqual([code, stderr], [EXIT.done, ''])
  assert.match(stdout, /^There is no book yet/m)
  assert.match(stdout, /^alpha {2}EQUAL {2}broker as of .*, equity 100000 USD$/m)
  assert.match(stdout, /^Nothing was changed/m)
  const { book } = loadConfig(installation.configFile)
  assert.ok(book.type === 'embedded' && !existsSync(book.file))
})

test('a position of nobody is told with what a sweep would do, the exit code says it, and the book stays as it is', async () => {
  const { book } = loadConfig(installation.configFile)
  assert.ok(book.type === 'embedded')
  await (await openEmbeddedBook({ file: book.file })).close()
  const [alpha] = installation.accounts
  await installation.control.call('tradeByHand', { user: alpha?.master ?? '', coin: 'BTC', side: 'A', sz: '0.01' })
  const { code, stdout } = await dryRun()
  assert.equal(code, EXIT.failed)
  assert.match(stdout, /^alpha {2}DIFFERS/m)
  assert.match(stdout, /^BTC-PERP +0 +-0\.01 +differs$/m)
  assert.match(stdout, /^unexpected-position BTC-PERP: book flat, broker -0\.01$/m)
  assert.match(stdout, /^ {2}would: lock entries of BTC-PERP; exits go on$/m)
  assert.match(stdout, /^beta {2}EQUAL/m)
  const kept = await openEmbeddedBook({ file: book.file })
  assert.deepEqual(
    [
      await kept.list('positions', { where: { open: true } }),
      await kept.list('accounts', {}),
      await kept.list('cursors', {}),
    ].flat(),
    [],
  )
  await kept.close()
  const json = await dryRun('--json', '--account', 'beta')
  const { accounts } = JSON.parse(json.stdout) as DrySweepReport
  assert.deepEqual([json.code, accounts.map(({ account }) => account)], [EXIT.done, ['beta']])
})

test('an account that nobody names, and a site that none has, are wrong usage', async () => {
  assert.equal((await dryRun('--account', 'gamma')).code, EXIT.usage)
  assert.equal((await dryRun('--site', 'mac')).code, EXIT.usage)
})
