/** Acting from the command line: nothing without a yes, exactly what was shown, stable exit codes. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { runAction } from '#cli/run-action.ts'
import { CommandFailed, EXIT } from '#cli/failure.ts'
import type { ActionDone, ActionPreview } from '#http/wire.ts'
import { anAlert } from '#test/domain/operator/view.ts'
import { type HttpFixture, OPERATOR_TOKEN, startHttp } from '#test/http/http-fixture.ts'
import { type Finished, truebook } from './run-truebook.ts'

const VARIABLE = 'TRUEBOOK_TEST_OPERATOR_TOKEN'
let http: HttpFixture
let url: string
let config: string
const folder = mkdtempSync(join(tmpdir(), 'truebook-actions-'))

before(async () => {
  http = await startHttp({
    deadJobs: {
      list: async () => [
        { queue: 'place', jobId: 'a.place', stage: 'place', why: 'spoilt', since: 0, envelope: null, ids: {} },
      ],
      find: async () => null,
      remove: async () => false,
    },
  })
  url = await http.server.fastify.listen({ host: '127.0.0.1', port: 0 })
  process.env[VARIABLE] = OPERATOR_TOKEN
  config = join(folder, 'truebook.yaml')
  const account =
    '{id: alpha, venue: hyperliquid, network: testnet, master: 0x00000000000000000000000000000000000000aa, agent_key_env: KEY, strategies: ["*"], gates: {instruments: ["*"]}}'
  writeFileSync(config, `http: {operator_token_env: ${VARIABLE}}\naccounts:\n  - ${account}\n`)
})
after(async () => {
  delete process.env[VARIABLE]
  await http[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const run = async (...args: string[]): Promise<Finished> =>
  await truebook([...args, '--config', config, '--url', url], { input: 'y\n' })

async function isHalted(id: string): Promise<boolean> {
  return (await http.book.load('control', id))?.row.tradingEnabled === false
}

test('without a terminal and without --yes nothing is done: exit 2, and how to look first', async () => {
  const { code, stdout, stderr } = await run('halt', '--why', 'x')
  assert.deepEqual([code, stdout], [EXIT.usage, ''])
  assert.match(stderr, /Expected a terminal to ask on, or --yes.*--preview shows what halt would do/)
  assert.equal(await isHalted('global'), false)
})

test('--preview shows the blast radius and does nothing', async () => {
  const { code, stdout } = await run('halt', '--account', 'beta', '--why', 'x', '--preview')
  assert.equal(code, 0)
  assert.match(
    stdout,
    /^halt scope account beta \(needs the role operator\)\nTouches: accounts beta · strategies trend · positions 0 · orders 0\n/,
  )
  const json = JSON.parse((await run('halt', '--why', 'x', '--preview', '--json')).stdout) as ActionPreview
  assert.deepEqual(json.preview.radius.accounts, ['alpha', 'beta'])
  assert.equal(await isHalted('account.beta'), false)
})

test('halt and resume of a strategy; a second resume is refused with exit 4', async () => {
  const halted = await run('halt', '--strategy', 'trend', '--why', 'slow', '--yes')
  assert.equal(halted.code, 0, halted.stderr)
  assert.match(
    halted.stdout,
    /Entries of strategy trend are halted; exits and stops go on\.\nRecorded: control\.strategy\.trend, record 0\n$/,
  )
  assert.equal(await isHalted('strategy.trend'), true)
  const resumed = await run('resume', '--strategy', 'trend', '--why', 'over', '--yes', '--json')
  assert.deepEqual((JSON.parse(resumed.stdout) as ActionDone).audit, { subject: 'control.strategy.trend', seq: 1 })
  const again = await run('resume', '--strategy', 'trend', '--why', 'over', '--yes')
  assert.deepEqual([again.code, again.stdout], [EXIT.refused, ''])
  assert.match(again.stderr, /saw that they are not/)
})

test('alerts ack acknowledges; the options behind it are its own', async () => {
  await http.book.commit([{ op: 'create', kind: 'alerts', id: 'alert-1', row: anAlert() }])
  const { code, stdout, stderr } = await run('alerts', 'ack', 'alert-1', '--why', 'seen', '--yes', '--json')
  assert.equal(code, 0, stderr)
  assert.equal((JSON.parse(stdout) as ActionDone).verb, 'acknowledge')
  assert.equal((await http.book.load('alerts', 'alert-1'))?.row.active, false)
  assert.equal((await run('alerts', '--json')).code, 0)
  assert.equal((await run('alerts', 'ack', 'none', '--why', 'x', '--yes')).code, EXIT.refused)
})

test('every verb asks for a reason but sweep, and names its target', async () => {
  for (const args of [
    ['halt', '--yes'],
    ['quarantine', '--why', 'x'],
    ['adopt', '--account', 'alpha', '--why', 'x'],
    ['retry-job', 'place', '--why', 'x'],
    ['halt', '--account', 'a', '--strategy', 'b', '--why', 'x'],
  ])
    assert.equal((await run(...args)).code, EXIT.usage, args.join(' '))
  const sweep = await run('sweep', '--account', 'alpha', '--yes', '--json')
  assert.equal((JSON.parse(sweep.stdout) as ActionDone).keys.length, 1, sweep.stderr)
})

test('quarantine, release and dead jobs', async () => {
  assert.equal((await run('quarantine', '--account', 'alpha', '--why', 'x', '--yes')).code, 0)
  assert.equal((await http.book.load('accounts', 'alpha'))?.row.state, 'quarantined')
  assert.equal((await run('release', '--account', 'alpha', '--why', 'x', '--yes')).code, 0)
  assert.equal((await http.book.load('accounts', 'alpha'))?.row.state, 'active')
  assert.match((await run('dead-jobs')).stdout, /^place +a\.place +1970-01-01 00:00:00Z +spoilt$/m)
  assert.equal((await run('retry-job', 'place', 'none', '--why', 'x', '--yes')).code, EXIT.refused)
})

test('on a terminal only yes is yes; a world that changes while it asks is shown anew and asked about again', async () => {
  const options = { config, url, why: 'x', json: true }
  const halt = { verb: 'halt', scope: { kind: 'account', account: 'beta' } } as const
  for (const answer of ['', 'n', 'no', 'yep']) {
    await assert.rejects(
      runAction(halt, options, async () => answer),
      (error: unknown) => error instanceof CommandFailed && error.exitCode === EXIT.refused,
    )
  }
  assert.equal(await isHalted('account.beta'), false)
  await runAction(halt, options, async () => 'y')
  const asked: string[] = []
  await runAction({ ...halt, verb: 'resume' }, options, async (text) => {
    asked.push(text)
    if (asked.length === 1) {
      const row = anAlert({ alertId: 'alert-2', account: 'beta' })
      await http.book.commit([{ op: 'create', kind: 'alerts', id: 'alert-2', row }])
    }
    return 'YES'
  })
  assert.deepEqual(asked, ['resume: do it? [y/N] ', 'resume: do it? [y/N] '])
  assert.equal(await isHalted('account.beta'), false)
})
