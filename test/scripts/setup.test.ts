/** The set-up installs exactly when package-lock.json and node_modules disagree, and runs plain on an older Node. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'

import { emulatorCommand } from '#scripts/setup/firestore-emulator.mjs'
import { missingPackages } from '#scripts/setup/dependencies.mjs'

const root = dirname(dirname(import.meta.dirname))
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'truebook-setup-'))
  await mkdir(join(folder, 'node_modules'))
})
after(() => rm(folder, { recursive: true, force: true }))

async function missing(locked: object, installed: object): Promise<string[]> {
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...locked } }))
  await writeFile(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }))
  return missingPackages(folder)
}

test('equal versions need no installation', async () => {
  assert.deepEqual(
    await missing({ 'node_modules/a': { version: '1.0.0' } }, { 'node_modules/a': { version: '1.0.0' } }),
    [],
  )
})

test('a package that is absent or of another version is missing', async () => {
  const locked = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } }
  assert.deepEqual(await missing(locked, { 'node_modules/b': { version: '1.9.0' } }), [
    'node_modules/a',
    'node_modules/b',
  ])
})

test('an optional package of another platform is not missing', async () => {
  assert.deepEqual(await missing({ 'node_modules/a-darwin': { version: '1.0.0', optional: true } }, {}), [])
})

test('this checkout has what its lock file says', () => {
  assert.deepEqual(missingPackages(root), [])
})

test('the set-up imports nothing but Node itself, since it runs before anything is installed', async () => {
  const names = (await readdir(join(root, 'scripts'), { recursive: true })).filter((name) => name.endsWith('.mjs'))
  assert.ok(names.length >= 5)
  for (const name of names) {
    const source = await readFile(join(root, 'scripts', name), 'utf8')
    for (const [, specifier = ''] of source.matchAll(/^(?:import|export) .*from '([^']+)'/gm)) {
      assert.match(specifier, /^(node:|\.\.?\/.*\.mjs$)/, `${name} imports ${specifier}`)
    }
  }
})

test('the emulator of the gcloud SDK is started by its main class, any other jar by its manifest', () => {
  const sdk = '/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar'
  assert.ok(emulatorCommand(sdk, 1).includes('-cp'))
  assert.ok(emulatorCommand('/home/me/emulator.jar', 1).includes('-jar'))
})
