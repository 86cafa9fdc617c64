/** An operator lets an unexpected position stand: no alert while it is exactly that, no entry beside it, and an end by itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyAudit } from '#audit/verify-audit.ts'
import { aSignal, d } from '#test/domain/samples.ts'
import { findingEffects } from '#workers/sweep-findings.ts'
import { WHO, WHY } from '#test/support/operate.ts'
import { openOperatorDesk } from './operator-desk.ts'
import { ACCOUNT, type TruthDesk, openTruthDesk } from './truth-desk.ts'

const BTC_HERE = { account: ACCOUNT, instrument: 'BTC-PERP' } as const
const IGNORE = { verb: 'ignore', ...BTC_HERE } as const
const UNIGNORE = { verb: 'unignore', ...BTC_HERE } as const
const SIGNAL = aSignal({ size: { type: 'contracts', value: '1' }, stop_loss: { price: '95' } })

/** A stranger's 1 BTC that a sweep has told of. */
async function deskWithStranger(): Promise<TruthDesk> {
  const desk = await openTruthDesk()
  desk.venue.held = { 'BTC-PERP': '1' }
  await desk.sweep()
  return desk
}

async function accountOf({ book }: TruthDesk) {
  return (await book.load('accounts', ACCOUNT))?.row ?? assert.fail('an account')
}

async function recordsOf({ book }: TruthDesk): Promise<string[]> {
  const rows = await book.list('audit', {
    where: { subject: ACCOUNT },
    orderBy: { field: 'at', direction: 'ascending' },
  })
  return rows.map(({ row }) => `${row.actor}: ${row.decision}`)
}

test('ignoring ends the alert and keeps entries locked, with who and why', async () => {
  await using desk = await deskWithStranger()
  const operator = openOperatorDesk(desk)
  assert.deepEqual(await desk.alerts(), ['critical unexpected-position'])
  const { radius } = await operator.preview(IGNORE)
  assert.match(radius.lines[0] ?? '', /^long 1 BTC-PERP at account stands without an alert/)
  await operator.act(IGNORE)
  assert.deepEqual([await desk.alerts(), await desk.locks()], [[], ['BTC-PERP']])
  const { locks, ignored } = await accountOf(desk)
  assert.match(locks['BTC-PERP']?.reason ?? '', new RegExp(`^${WHO} ignores long 1 .*: ${WHY}$`))
  assert.deepEqual([ignored?.['BTC-PERP']?.side, ignored?.['BTC-PERP']?.size], ['long', '1'])
  const { findings, detail } = await desk.sweep()
  assert.deepEqual([findings, detail], [[], 'book equals broker but for what is ignored: BTC-PERP'])
  assert.deepEqual([await desk.alerts(), await desk.locks()], [[], ['BTC-PERP']])
  assert.equal((await desk.route(SIGNAL)).gate, 'drift-lock')
  assert.deepEqual((await verifyAudit(desk.book)).contradictions, [])
})

test('another size of an ignored position is news: told again, and ignored no more', async () => {
  await using desk = await deskWithStranger()
  const operator = openOperatorDesk(desk)
  await operator.act(IGNORE)
  desk.venue.held = { 'BTC-PERP': '2' }
  await desk.sweep()
  assert.deepEqual(await desk.alerts(), ['critical unexpected-position'])
  const { locks, ignored } = await accountOf(desk)
  assert.deepEqual([ignored, locks['BTC-PERP']?.reason], [{}, 'unexpected-position: book flat, broker 2'])
  // Back at the size that was ignored it is told all the same: somebody trades there.
  desk.venue.held = { 'BTC-PERP': '1' }
  await desk.sweep()
  assert.deepEqual(await desk.alerts(), ['critical unexpected-position'])
  assert.ok((await recordsOf(desk)).includes('sweep: ignoring ended: it has changed'))
})

test('another side of an ignored position is news', async () => {
  await using desk = await deskWithStranger()
  await openOperatorDesk(desk).act(IGNORE)
  desk.venue.held = { 'BTC-PERP': '-1' }
  await desk.sweep()
  assert.deepEqual([await desk.alerts(), (await accountOf(desk)).ignored], [['critical unexpected-position'], {}])
})

test('ignoring ends by itself when the broker is flat in two looks, and the lock with it', async () => {
  await using desk = await deskWithStranger()
  await openOperatorDesk(desk).act(IGNORE)
  desk.venue.held = {}
  desk.betweenLooks = () => {
    desk.venue.held = { 'BTC-PERP': '1' }
  }
  await desk.sweep()
  assert.notEqual((await accountOf(desk)).ignored?.['BTC-PERP'], undefined)
  desk.venue.held = {}
  desk.betweenLooks = () => undefined
  await desk.sweep()
  const { ignored, locks } = await accountOf(desk)
  assert.deepEqual([ignored, locks], [{}, {}])
  assert.deepEqual((await recordsOf(desk)).slice(-2), [
    'sweep: locks lifted',
    'sweep: ignoring ended: the broker is flat',
  ])
  // The same position tomorrow is another one.
  desk.venue.held = { 'BTC-PERP': '1' }
  await desk.sweep()
  assert.deepEqual(await desk.alerts(), ['critical unexpected-position'])
})

test('an entry that was under way when its instrument was ignored is held without a second alert', async () => {
  await using desk = await openTruthDesk()
  await desk.route(SIGNAL)
  const { row, revision } = (await desk.book.load('accounts', ACCOUNT)) ?? assert.fail('an account')
  const ignored = { 'BTC-PERP': { side: 'long', size: d('1'), by: WHO, at: desk.clock.now, why: WHY } } as const
  await desk.book.commit([{ op: 'replace', kind: 'accounts', id: ACCOUNT, revision, row: { ...row, ignored } }])
  desk.venue.held = { 'BTC-PERP': '1' }
  await desk.precheck()
  assert.deepEqual([(await desk.position()).state, desk.sent], ['canceled', []])
  assert.ok(!(await desk.alerts()).includes('critical unexpected-position'))
})

test('no longer ignoring asks for a sweep, which tells of it again; entries stay locked in between', async () => {
  await using desk = await deskWithStranger()
  const operator = openOperatorDesk(desk)
  await operator.act(IGNORE)
  const { keys } = await operator.act(UNIGNORE)
  assert.deepEqual(
    [await desk.locks(), operator.queued.map((envelope) => envelope.idempotency_key)],
    [['BTC-PERP'], keys],
  )
  assert.notEqual(await desk.book.load('outbox', keys[0] ?? ''), null)
  await desk.sweep()
  assert.deepEqual([await desk.alerts(), await desk.locks()], [['critical unexpected-position'], ['BTC-PERP']])
})

test("what the last sweep did not see, and what is partly the book's, cannot be ignored", async () => {
  await using desk = await openTruthDesk()
  const operator = openOperatorDesk(desk)
  assert.match((await operator.refusal(IGNORE)).message, /No sweep has compared account yet/)
  await desk.hold()
  desk.venue.held = { 'BTC-PERP': '3' }
  await desk.sweep()
  assert.match((await operator.refusal(IGNORE)).message, /partly the book's/)
  assert.match((await operator.refusal(UNIGNORE)).message, /Expected an ignored position/)
})

test('an ignoring that was previewed and whose position has changed since is not done', async () => {
  await using desk = await deskWithStranger()
  const operator = openOperatorDesk(desk)
  const { confirm } = await operator.preview(IGNORE)
  desk.venue.held = { 'BTC-PERP': '2' }
  await desk.sweep()
  const answer = await operator.operator.confirm(IGNORE, { token: confirm, why: WHY, caller: WHO })
  assert.deepEqual([answer.kind, (await accountOf(desk)).ignored], ['changed', undefined])
})

test('a sweep that was under way when a position was ignored tells nothing of it any more', async () => {
  await using desk = await deskWithStranger()
  const operator = openOperatorDesk(desk)
  const { confirm } = await operator.preview(IGNORE)
  const finding = (await desk.sweep()).findings[0] ?? assert.fail('a finding')
  await operator.operator.confirm(IGNORE, { token: confirm, why: WHY, caller: WHO })
  const { writes } = await findingEffects(ACCOUNT, finding, 'sweep', desk.tools, desk.clock.now)
  assert.deepEqual([writes, await desk.alerts()], [[], []])
})
