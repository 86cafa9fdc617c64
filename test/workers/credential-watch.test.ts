/** Credentials that fail their daily check lock new exposure with one critical alert; a clean check lifts exactly that lock. */
import assert from 'node:assert/strict'
import { newAccountRow } from '#domain/account.ts'
import { test } from 'node:test'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { Broker, CredentialFinding } from '#brokers/broker.ts'
import { watchCredentials } from '#workers/credential-watch.ts'
import type { Tools } from '#workers/worker.ts'

const DAY_MS = 86_400_000
const WITHDRAWS: CredentialFinding = {
  level: 'fail',
  check: 'permissions',
  detail: 'Wallet: Withdraw',
  fix: 'replace it',
}

test('once a day, and only then, the key is proven again', async (t) => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  t.after(() => book.close())
  await book.commit([{ op: 'create', kind: 'accounts', id: 'a', row: newAccountRow('a', 'bybit', 0) }])
  let findings: CredentialFinding[] = [WITHDRAWS]
  let checks = 0
  let now = 1_800_000_000_000
  const broker = {
    checkCredentials: () => {
      checks += 1
      return Promise.resolve(findings)
    },
  } as unknown as Broker
  const tools = { book, now: () => now, account: () => ({ broker }) } as unknown as Tools
  const standing = async () => {
    const rows = await book.list('alerts', {
      where: { account: 'a', active: true },
      orderBy: { field: 'raisedAt', direction: 'ascending' },
    })
    const locks = (await book.load('accounts', 'a'))?.row.locks ?? {}
    return [rows.map(({ row }) => row.kind), Object.values(locks).map(({ reason }) => reason)]
  }
  await watchCredentials('a', tools)
  now += DAY_MS - 1
  await watchCredentials('a', tools)
  assert.equal(checks, 0)
  now += 1
  await watchCredentials('a', tools)
  await watchCredentials('a', tools)
  assert.equal(checks, 1)
  assert.deepEqual(await standing(), [['credentials-refused'], ['credentials: permissions']])
  for (let time = 0; time < 2; time++) {
    findings = []
    now += DAY_MS
    await watchCredentials('a', tools)
    assert.deepEqual(await standing(), [[], []], 'a second occurrence ends as the first did')
    findings = [WITHDRAWS]
    now += DAY_MS
    await watchCredentials('a', tools)
    assert.deepEqual(await standing(), [['credentials-refused'], ['credentials: permissions']])
  }
  const account = (await book.load('accounts', 'a')) ?? assert.fail('the account')
  const locks = { '*': { reason: 'by hand', since: now, alertId: null } }
  const byHand = { ...account.row, locks }
  await book.commit([{ op: 'replace', kind: 'accounts', id: 'a', revision: account.revision, row: byHand }])
  findings = []
  now += DAY_MS
  await watchCredentials('a', tools)
  assert.deepEqual(await standing(), [[], ['by hand']], "the alert ends, an operator's lock stays")
})
