/** `truebook init` writes what Truebook reads, for each venue, and touches nothing that was there. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { EXIT } from '#cli/failure.ts'
import { configText, leftToSet, VENUES } from '#cli/init-template.ts'
import { loadConfig, parseConfig } from '#config/load-config.ts'
import { type Finished, start, truebook } from './run-truebook.ts'

const folder = mkdtempSync(join(tmpdir(), 'truebook-init-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const init = async (name: string, ...args: string[]): Promise<Finished> =>
  await truebook(['init', join(folder, name), ...args])

interface Made {
  readonly config: string
  readonly made: readonly string[]
  readonly kept: readonly string[]
  readonly next: readonly { readonly what: string; readonly command: string | null }[]
}

for (const venue of VENUES) {
  test(`${venue}: a configuration that loads, credential files for their owner alone, and the next commands`, async () => {
    const { code, stdout, stderr } = await init(venue, '--venue', venue, '--mode', 'paper', '--yes', '--json')
    assert.deepEqual([code, stderr], [EXIT.done, ''])
    const made = JSON.parse(stdout) as Made
    const config = loadConfig(made.config)
    const [account] = config.accounts
    assert.deepEqual([config.mode, account?.venue], ['paper', venue])
    for (const secret of Object.values(account?.secrets ?? {})) {
      assert.ok(secret.kind === 'file' && made.made.includes(secret.path))
      assert.equal(readFileSync(secret.path, 'utf8'), '')
    }
    for (const file of made.made.filter((each) => each.includes('secrets')))
      assert.equal(statSync(file).mode & 0o777, 0o600, file)
    const commands = made.next.flatMap(({ command }) => (command === null ? [] : [command]))
    assert.deepEqual(
      commands.map((command) => /truebook (?:-- )?(\S+(?: --dry-run)?) --config/.exec(command)?.[1]),
      ['doctor', 'sweep --dry-run', 'start', 'login'],
    )
    const [first = ''] = commands
    const doctor = await truebook([...first.slice(first.indexOf('doctor')).split(' '), '--json'])
    assert.equal(doctor.code, EXIT.failed)
    assert.match(doctor.stdout, /saw it empty/)
  })

  test(`${venue}: whatever the person says, the text is the configuration they meant`, () => {
    for (const mode of ['paper', 'live'] as const) {
      const named = { master: `0x${'ab'.repeat(20)}`, userName: 'a "quoted": #name', accountName: "50K's: [1]" }
      const choice = { venue, mode, account: 'mine-1', ...named }
      const { mode: read, accounts } = parseConfig(configText(choice), join(folder, 'truebook.yaml'))
      const [account] = accounts
      assert.deepEqual([read, account?.id, leftToSet(choice)], [mode, 'mine-1', []])
      if (account?.venue === 'hyperliquid') assert.equal(account.master, named.master)
      if (account?.venue === 'projectx')
        assert.deepEqual([account.userName, account.accountName], [named.userName, named.accountName])
      assert.equal(account?.policy.gates.stopRequired, true)
    }
  })
}

test('what is there is never overwritten: a configuration refuses the whole, a credential is kept', async () => {
  await init('twice', '--venue', 'bybit', '--yes')
  const file = join(folder, 'twice', 'truebook.yaml')
  writeFileSync(file, 'mine')
  const again = await init('twice', '--venue', 'bybit', '--yes')
  assert.equal(again.code, EXIT.refused)
  assert.match(again.stderr, /saw one: it was not touched/)
  assert.equal(readFileSync(file, 'utf8'), 'mine')
  const key = join(folder, 'twice', 'secrets', 'bybit-demo-key')
  writeFileSync(key, 'my key')
  rmSync(file)
  const made = JSON.parse((await init('twice', '--venue', 'bybit', '--yes', '--json')).stdout) as Made
  assert.ok(made.kept.includes(key))
  assert.equal(readFileSync(key, 'utf8'), 'my key')
})

test('without a terminal and without a venue, or with a name that cannot be one, nothing is made', async () => {
  const nobody = await init('none')
  assert.equal(nobody.code, EXIT.usage)
  assert.match(nobody.stderr, /Expected --venue/)
  const wrong = await init('none', '--venue', 'bybit', '--account', 'a/b')
  assert.equal(wrong.code, EXIT.usage)
  assert.equal(existsSync(join(folder, 'none')), false)
})

test('where something is in the way the configuration is not made, and the same command works once it is gone', async () => {
  const [place, secrets] = [join(folder, 'way'), join(folder, 'way', 'secrets')]
  mkdirSync(place)
  writeFileSync(secrets, '')
  const args = ['way', '--venue', 'bybit', '--yes'] as const
  assert.equal((await init(...args)).code, EXIT.failed)
  assert.equal(existsSync(join(place, 'truebook.yaml')), false)
  rmSync(secrets)
  assert.equal((await init(...args)).code, EXIT.done)
})

test('links are not written through, and a folder of secrets that others may look into is named', async () => {
  const place = join(folder, 'planted')
  mkdirSync(join(place, 'secrets'), { recursive: true })
  chmodSync(join(place, 'secrets'), 0o755)
  symlinkSync(join(folder, 'target'), join(place, 'secrets', 'signal-token'))
  const { code, stdout } = await init('planted', '--venue', 'bybit', '--yes', '--json')
  const made = JSON.parse(stdout) as Made
  assert.deepEqual([code, made.kept], [EXIT.done, [join(place, 'secrets', 'signal-token')]])
  assert.equal(made.next[0]?.command, `chmod 700 ${join(place, 'secrets')}`)
  assert.equal(existsSync(join(folder, 'target')), false)
  mkdirSync(join(folder, 'linked'))
  symlinkSync(join(folder, 'target'), join(folder, 'linked', 'truebook.yaml'))
  assert.equal((await init('linked', '--venue', 'bybit', '--yes')).code, EXIT.refused)
  assert.equal(existsSync(join(folder, 'target')), false)
})

test('who stops reading stops nothing: the command is done as asked, without a stack', async () => {
  const running = start(['init', join(folder, 'unread'), '--venue', 'bybit', '--yes'])
  running.process.stdout?.destroy()
  await once(running.process, 'close')
  assert.deepEqual([running.process.exitCode, running.stderr()], [EXIT.done, ''])
  assert.ok(existsSync(join(folder, 'unread', 'truebook.yaml')))
})
