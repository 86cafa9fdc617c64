/** Verbs that are about the book alone: what each writes, and the record that it leaves with before and after. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyAudit } from '#audit/verify-audit.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { createOperator } from '#operate/operator.ts'
import { readHalt } from '#workers/halt.ts'
import { NOW, POSITION, anAccount } from '#test/domain/samples.ts'
import { anAlert } from '#test/domain/operator/view.ts'
import { openOperateDesk } from './operate-desk.ts'

test('halts of all scopes are kept, recorded each in its own chain, and undone one by one', async () => {
  await using desk = await openOperateDesk()
  const scopes = [
    { kind: 'all' },
    { kind: 'account', account: 'alpha' },
    { kind: 'strategy', strategy: 'trend' },
  ] as const
  for (const scope of scopes) {
    desk.now += 1
    assert.equal((await desk.confirm(await desk.preview({ verb: 'halt', scope }), 'incident')).kind, 'done')
  }
  const haltOver = async (account: string, strategy: string) => (await readHalt(desk.book, account, strategy))?.scope
  assert.deepEqual(await haltOver('alpha', 'trend'), scopes[0])
  await desk.confirm(await desk.preview({ verb: 'resume', scope: scopes[0] }), 'over')
  assert.deepEqual(await haltOver('alpha', 'carry'), scopes[1])
  assert.deepEqual(await haltOver('beta', 'trend'), scopes[2])
  assert.equal(await haltOver('beta', 'carry'), undefined)
  const off = { tradingEnabled: false, by: 'ada', why: 'incident', at: NOW + 1 }
  const on = { tradingEnabled: true, by: 'ada', why: 'over', at: NOW + 3 }
  const records = await desk.records('global')
  assert.deepEqual(
    records.map(({ decision, actor, inputs: { before, after, why } }) => [decision, actor, before, after, why]),
    [
      ['halt', 'ada', null, off, 'incident'],
      ['resume', 'ada', off, on, 'over'],
    ],
  )
  for (const { inputs } of records) assert.match(String(inputs['confirmation']), /^[0-9a-f]{16}$/)
  const report = await verifyAudit(desk.book)
  assert.deepEqual([report.proven, report.checked.control], [true, { rows: 3, records: 4 }])
})

test('a halt survives the end of the process: another one on the same file finds it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-halt-'))
  try {
    const file = join(folder, 'book.sqlite')
    const scope = { kind: 'strategy', strategy: 'trend' } as const
    const before = await openEmbeddedBook({ file })
    await using desk = await openOperateDesk()
    const operator = createOperator({ ...desk.tools, book: before })
    const answer = await operator.preview({ verb: 'halt', scope }, 'ada')
    assert.ok(answer.kind === 'preview')
    await operator.confirm(answer.preview.action, { token: answer.preview.confirm, why: 'night', caller: 'ada' })
    await before.close()
    const after = await openEmbeddedBook({ file })
    assert.deepEqual((await readHalt(after, 'alpha', 'trend'))?.row.why, 'night')
    await after.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('quarantine and release move the state of the account, nothing else, and record both', async () => {
  await using desk = await openOperateDesk()
  await desk.confirm(await desk.preview({ verb: 'quarantine', account: 'alpha' }))
  const { audit, ...row } = (await desk.book.load('accounts', 'alpha'))?.row ?? {}
  assert.deepEqual(row, anAccount({ account: 'alpha', state: 'quarantined', updatedAt: NOW }))
  assert.equal(audit?.seq, 0)
  await desk.confirm(await desk.preview({ verb: 'release', account: 'alpha' }))
  assert.equal((await desk.book.load('accounts', 'alpha'))?.row.state, 'active')
  assert.deepEqual(
    (await desk.records('alpha')).map(({ decision, inputs }) => [decision, inputs['before'], inputs['after']]),
    [
      ['quarantine', { state: 'active' }, { state: 'quarantined' }],
      ['release', { state: 'quarantined' }, { state: 'active' }],
    ],
  )
})

test('an account that the book has never seen can be quarantined before its first signal', async () => {
  await using desk = await openOperateDesk()
  await desk.book.commit([{ op: 'delete', kind: 'accounts', id: 'beta' }])
  assert.equal((await desk.confirm(await desk.preview({ verb: 'quarantine', account: 'beta' }))).kind, 'done')
  assert.equal((await desk.book.load('accounts', 'beta'))?.row.state, 'quarantined')
  assert.equal((await verifyAudit(desk.book)).proven, true)
})

test('an acknowledged alert ends or stays as its kind says; the record stands with its account, or with everything', async () => {
  await using desk = await openOperateDesk()
  const rows = [
    anAlert(),
    anAlert({ alertId: 'alert-2', kind: 'naked-position' }),
    anAlert({ alertId: 'alert-3', kind: 'sweep-overdue', account: '*' }),
  ]
  await desk.book.commit(rows.map((row) => ({ op: 'create', kind: 'alerts', id: row.alertId, row }) as const))
  for (const { alertId } of rows) {
    const answer = await desk.confirm(await desk.preview({ verb: 'acknowledge', alert: alertId }), 'seen')
    assert.equal(answer.kind, 'done')
  }
  const after = await desk.book.loadMany('alerts', ['alert-1', 'alert-2', 'alert-3'])
  assert.deepEqual(
    after.map((stored) => [stored?.row.active, stored?.row.acknowledged]),
    [false, true, true].map((active) => [active, { by: 'ada', at: NOW, why: 'seen' }]),
  )
  assert.deepEqual([(await desk.records('alpha')).length, (await desk.records('global')).length], [2, 1])
  assert.equal((await verifyAudit(desk.book)).proven, true)
  await assert.rejects(desk.preview({ verb: 'acknowledge', alert: 'alert-2' }), /saw that ada has/)
})

test('a sweep is asked for once a confirmation, and recorded', async () => {
  await using desk = await openOperateDesk()
  const all = await desk.confirm(await desk.preview({ verb: 'sweep', account: '*' }), 'asked for')
  const one = await desk.confirm(await desk.preview({ verb: 'sweep', account: 'beta' }), 'asked for')
  const keys = [`sweep-all-${NOW}`, `sweep-beta-${NOW}`]
  assert.deepEqual(
    [all, one].map((answer) => answer.kind === 'done' && answer.performed.keys),
    keys.map((key) => [key]),
  )
  assert.deepEqual(
    desk.enqueued.map(({ idempotency_key }) => idempotency_key),
    keys,
  )
  assert.deepEqual((await desk.records('beta'))[0]?.inputs['after'], { asked: keys[1] })
})

const ENVELOPE = placeEnvelope(
  { positionId: POSITION, account: 'alpha' },
  clientOrderIdOf(POSITION, 'entry', 0),
  'x',
  NOW,
)
const DEAD = {
  queue: 'place',
  jobId: ENVELOPE.idempotency_key,
  stage: 'place',
  why: 'invalid message',
  since: NOW,
  envelope: null,
  ids: { account: 'alpha' },
} as const
const RETRY = { verb: 'retry-job', queue: 'place', job: DEAD.jobId } as const

test('a dead job whose message is owed is taken out and made again from what the book owes', async () => {
  await using desk = await openOperateDesk()
  desk.dead.push(DEAD)
  await desk.book.commit([
    { op: 'create', kind: 'outbox', id: DEAD.jobId, row: { envelope: ENVELOPE, stage: 'place', createdAt: NOW } },
  ])
  const shown = await desk.preview(RETRY)
  const answer = await desk.confirm(shown)
  assert.deepEqual(answer.kind === 'done' && answer.performed.keys, [DEAD.jobId])
  assert.deepEqual([desk.dead, desk.ensured], [[], [ENVELOPE]])
  await desk.confirm(shown)
  assert.equal(desk.ensured.length, 1)
  const [record] = await desk.records('alpha')
  assert.deepEqual([record?.decision, record?.inputs['after']], ['retry-job', { kind: 'run' }])
})

test('one whose message had its effect is only removed, and said to be', async () => {
  await using desk = await openOperateDesk()
  desk.dead.push(DEAD)
  const outcome = { result: 'done', detail: 'accepted' } as const
  const row = {
    idempotencyKey: ENVELOPE.idempotency_key,
    stage: 'place',
    account: 'alpha',
    positionId: POSITION,
    outcome,
    at: 1,
  } as const
  await desk.book.commit([{ op: 'create', kind: 'processed', id: DEAD.jobId, row }])
  const answer = await desk.confirm(await desk.preview(RETRY))
  assert.match(
    answer.kind === 'done' ? answer.performed.detail : '',
    /was removed, nothing is run: its message was processed/,
  )
  assert.deepEqual([desk.dead, desk.ensured, desk.enqueued], [[], [], []])
  await assert.rejects(desk.preview(RETRY), /There is no job/)
})
