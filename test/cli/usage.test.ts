/** The command explains itself fast and fails in one clear paragraph with a stable exit code. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { STAGE_NAMES } from '#cli/stage-names.ts'
import { STAGES } from '#domain/message.ts'
import { truebook } from './run-truebook.ts'

const folder = mkdtempSync(join(tmpdir(), 'truebook-cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test('--help names every command and loads nothing but commander', async () => {
  const watch = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) { if (!/^([./]|file:|node:)/.test(name)) process.stderr.write(name + '\\n'); return next(name, context) } })`
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(watch)}`]
  const { code, stdout, stderr } = await truebook(['--help'], { nodeArgs })
  assert.equal(code, 0)
  for (const name of [
    'start',
    'worker',
    'api',
    'doctor',
    'status',
    'positions',
    'sweep',
    'orders',
    'init',
    'alerts',
    'equity',
    'flatten',
    'export',
    'watchdog',
    'replay',
    'signal',
    'schema',
    'programmes',
    'audit',
    'halt',
    'resume',
  ]) {
    assert.match(stdout, new RegExp(`^  ${name} `, 'm'))
  }
  const loaded = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('data:'))
  assert.deepEqual([...new Set(loaded)], ['commander'])
})

test('the stages of the command line are those of the domain', () => {
  assert.deepEqual([...STAGE_NAMES], [...STAGES])
})

test('wrong usage and a wrong configuration exit with 2 and no stack', async () => {
  const config = file('wrong.yaml', 'mode: papier\n')
  const attempts: [string[], RegExp][] = [
    [['nonsense'], /unknown command 'nonsense'/],
    [['worker', '--stages', 'palce'], /Expected stages out of route, .*saw "palce"/],
    [['schema', 'book'], /Expected one of signal, config, programme, execution-event, openapi, saw "book"/],
    [['start', '--config', config], /wrong\.yaml:1:7 {2}mode: expected one of "paper", "live", saw "papier"/],
    [['start', '--config', join(folder, 'none.yaml')], /Copy truebook\.example\.yaml/],
    [['replay'], /required option '--fills <file>'/],
  ]
  for (const [args, expected] of attempts) {
    const { code, stderr } = await truebook(args)
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, expected)
    assert.doesNotMatch(stderr, /^ {4}at /m)
  }
})

test('nobody at the address exits with 3 and says how to start it', async () => {
  const config = file(
    'right.yaml',
    `http: {port: 9, operator_token_env: OPERATOR}
accounts:
  - {id: a, venue: hyperliquid, network: testnet, master: 0x00000000000000000000000000000000000000aa, agent_key_env: KEY, strategies: ["*"], gates: {instruments: ["*"]}}
`,
  )
  process.env['OPERATOR'] = 'operator-token-of-a-test-01234567'
  const { code, stderr } = await truebook(['status', '--config', config])
  delete process.env['OPERATOR']
  assert.equal(code, 3)
  assert.match(stderr, /Expected Truebook to answer at http:\/\/127\.0\.0\.1:9, saw.*truebook start/)
})

test('schema prints the published schemas', async () => {
  for (const name of ['signal', 'config']) {
    const { code, stdout } = await truebook(['schema', name])
    assert.equal(code, 0)
    assert.match((JSON.parse(stdout) as { title: string }).title, /^Truebook/)
  }
  const { stdout } = await truebook(['schema', 'openapi'])
  assert.match((JSON.parse(stdout) as { openapi: string }).openapi, /^3\.1/)
})
