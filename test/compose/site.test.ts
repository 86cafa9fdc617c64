/** What belongs to a site: its accounts, and the looks that repeat for them. */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { accountsOf, requireSite, schedulesOf, SiteUnknown } from '#compose/site.ts'
import { parseConfig } from '#config/load-config.ts'

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
