/** Rule files of programmes: what ships is valid, mistakes have places, and a programme that forbids automation stops the start. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ConfigError } from '#config/config-error.ts'
import { parseConfig } from '#config/load-config.ts'
import { listProgrammes, loadProgramme } from '#config/programmes.ts'

const SHIPPED = new URL('../../programmes/', import.meta.url).pathname

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'truebook-programmes-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function configFor(rules: string, more = '', account = ''): string {
  return `accounts:
  - id: combine
    venue: projectx
    user_name: trader
    account_name: 50KTC-1
    api_key_env: KEY
    strategies: ['*']
    gates: { instruments: [NQ] }
    ${account}
    programme:
      rules: ${rules}
      ${more}
`
}

const mistakes = (text: string): string => {
  try {
    parseConfig(text, '/desk/truebook.yaml')
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

test('every shipped rule file is valid, named by its programme, dated, sourced and marked as an example', () => {
  const programmes = listProgrammes(SHIPPED)
  assert.equal(programmes.length, 25)
  for (const { file, rules } of programmes) {
    assert.equal(file, `${rules.programme}.yaml`)
    assert.match(rules.note, /^Example, re-check before use\./)
    assert.match(rules.source, /^https:/)
    assert.ok(rules.asOf >= '2026-03-01')
  }
})

test('mistakes of a rule file are all told at once with line and column', (t) => {
  const file = join(folder(t), 'mine.yaml')
  writeFileSync(
    file,
    `programme: mine\ntitle: Mine\nfirm: me\nstage: funded\nas_of: 2026-11-01\nsource: https://example.com/\nnote: mine\nstart_balance: 50000\nday: { time: '25:00', zone: Chicago }\nautomation: yes\ndayly_loss: {}\n`,
  )
  assert.throws(
    () => loadProgramme(file),
    (error) => {
      assert.ok(error instanceof ConfigError)
      const text = error.mistakes.map(({ line, column, text: said }) => `${line}:${column} ${said}`).join('\n')
      assert.match(text, /8:16 start_balance: expected text in quotes, such as "50000"/)
      assert.match(text, /9:14 day\.time: expected a time in quotes/)
      assert.match(text, /9:29 day\.zone: expected an IANA time zone/)
      assert.match(text, /11:1 dayly_loss: expected a known key \(did you mean "daily_loss"\?\)/)
      return true
    },
  )
  assert.throws(() => loadProgramme(join(SHIPPED, 'none.yaml')), /expected a readable rule file/)
})

test('an account carries the terms of its programme', () => {
  const text = configFor(`${SHIPPED}topstep-combine-50k.yaml`, "start_balance: '49000'")
  const terms = parseConfig(text, '/desk/truebook.yaml').accounts[0]?.policy.programme
  assert.equal(terms?.rules.programme, 'topstep-combine-50k')
  assert.deepEqual([terms.startBalance, terms.buffer, terms.lookMs], ['49000', '0.15', 2000])
})

test('a programme that forbids automation, or a rule file with a mistake, stops the start at its line', () => {
  const banned = `${SHIPPED}apex-50k-eod.yaml`
  assert.match(
    mistakes(configFor(banned)),
    /11:14 {2}accounts\[0\]\.programme\.rules: .*automation: no in apex-50k-eod/,
  )
  assert.equal(mistakes(configFor(banned, 'accept_automation_risk: true')), '')
  assert.match(mistakes(configFor('/nowhere/rules.yaml')), /expected a readable rule file/)
})

test('a programme that refuses live funded accounts refuses allow_live_funded', () => {
  const text = configFor(`${SHIPPED}topstep-combine-50k.yaml`, '', 'allow_live_funded: true').replace(
    /^/,
    'mode: live\n',
  )
  assert.match(mistakes(text), /allow_live_funded: expected false: topstep-combine-50k refuses/)
})
