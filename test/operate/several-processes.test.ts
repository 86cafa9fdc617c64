/** Several API processes of one installation, and answers that were lost: a confirmation is good at each, does its deed once, and is told it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BookUnavailable } from '#book/errors.ts'
import { withCommit } from '#book/with-commit.ts'
import { placeEnvelope } from '#domain/envelopes.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import type { Action, VerbName } from '#domain/operator/action.ts'
import { confirmationKeyOf, createConfirmations } from '#operate/confirmation.ts'
import { createOperator, type ConfirmAnswer, type Operator, type Preview } from '#operate/operator.ts'
import { RedisUnavailable } from '#queues/bullmq/connection.ts'
import { NOW, POSITION, aPosition } from '#test/domain/samples.ts'
import { aSweep, anAlert } from '#test/domain/operator/view.ts'
import { openOperateDesk, type OperateDesk } from './operate-desk.ts'

const KEY = confirmationKeyOf({ reveal: () => 'operator-token-of-a-test-01234567' })

/** One more API process on the desk's book and queue. */
function processOf({ tools }: OperateDesk, change: Partial<OperateDesk['tools']> = {}): Operator {
  return createOperator({ ...tools, ...change }, createConfirmations(KEY))
}

async function shownBy(operator: Operator, action: Action, caller = 'ada'): Promise<Preview> {
  const answer = await operator.preview(action, caller)
  assert.ok(answer.kind === 'preview', JSON.stringify(answer))
  return answer.preview
}

async function confirmedBy(operator: Operator, shown: Preview, caller = 'ada'): Promise<ConfirmAnswer> {
  return await operator.confirm(shown.action, { token: shown.confirm, why: 'because', caller })
}

const STRANGER = { account: 'alpha', instrument: 'ETH-PERP' } as const

async function sawStranger({ book }: OperateDesk): Promise<void> {
  const about = { instrument: STRANGER.instrument, positionId: null, book: 'flat', broker: '2', action: 'alert' }
  const { id, row } = aSweep('alpha', { findings: [{ kind: 'unexpected-position', ...about }] })
  await book.commit([{ op: 'create', kind: 'sweeps', id, row }])
}

async function done(desk: OperateDesk, action: Action): Promise<void> {
  const answer = await desk.confirm(await desk.preview(action))
  assert.equal(answer.kind, 'done')
}

/** Every verb, and the world that it needs. */
const WORLDS: Readonly<Record<VerbName, readonly [Action, (desk: OperateDesk) => Promise<unknown>]>> = {
  sweep: [{ verb: 'sweep', account: '*' }, async () => {}],
  acknowledge: [
    { verb: 'acknowledge', alert: 'alert-1' },
    ({ book }) => book.commit([{ op: 'create', kind: 'alerts', id: 'alert-1', row: anAlert({ alertId: 'alert-1' }) }]),
  ],
  halt: [{ verb: 'halt', scope: { kind: 'all' } }, async () => {}],
  resume: [{ verb: 'resume', scope: { kind: 'all' } }, (desk) => done(desk, { verb: 'halt', scope: { kind: 'all' } })],
  'cancel-orders': [
    { verb: 'cancel-orders', account: '*' },
    ({ book }) => {
      const row = aPosition({ account: 'alpha', state: 'entering', entrySettled: false })
      return book.commit([{ op: 'create', kind: 'positions', id: POSITION, row }])
    },
  ],
  flatten: [
    { verb: 'flatten', account: 'alpha' },
    ({ book }) => {
      return book.commit([{ op: 'create', kind: 'positions', id: POSITION, row: aPosition({ account: 'alpha' }) }])
    },
  ],
  adopt: [{ verb: 'adopt', ...STRANGER, strategy: 'operator' }, sawStranger],
  ignore: [{ verb: 'ignore', ...STRANGER }, sawStranger],
  unignore: [
    { verb: 'unignore', ...STRANGER },
    async (desk) => {
      await sawStranger(desk)
      await done(desk, { verb: 'ignore', ...STRANGER })
    },
  ],
  quarantine: [{ verb: 'quarantine', account: 'alpha' }, async () => {}],
  release: [{ verb: 'release', account: 'alpha' }, (desk) => done(desk, { verb: 'quarantine', account: 'alpha' })],
  'retry-job': [
    { verb: 'retry-job', queue: 'place', job: 'pos-1.place' },
    async ({ book, dead }) => {
      const about = { positionId: POSITION, account: 'alpha' }
      const envelope = placeEnvelope(about, clientOrderIdOf(POSITION, 'entry', 0), 'test', NOW)
      const row = { envelope, stage: 'place' as const, createdAt: NOW }
      await book.commit([{ op: 'create', kind: 'outbox', id: 'pos-1.place', row }])
      const ids = { account: 'alpha' }
      dead.push({ queue: 'place', jobId: 'pos-1.place', stage: 'place', why: 'x', since: 7, envelope, ids })
    },
  ],
}

const cases = Object.entries(WORLDS) as [VerbName, (typeof WORLDS)[VerbName]][]

/** How many records the whole book holds. */
async function recordsIn({ book }: OperateDesk): Promise<number> {
  return (await book.list('audit', { orderBy: { field: 'at', direction: 'ascending' } })).length
}

for (const [verb, [action, prepare]] of cases) {
  test(`${verb}: shown by one process, confirmed at two others at once and later again, it is done once and each says so`, async () => {
    await using desk = await openOperateDesk()
    await prepare(desk)
    const before = await recordsIn(desk)
    const shown = await shownBy(processOf(desk), action)
    const others = [processOf(desk), processOf(desk)]
    const answers = await Promise.all(others.map((operator) => confirmedBy(operator, shown)))
    const records = await recordsIn(desk)
    assert.ok(records > before)
    desk.now += 600_000
    answers.push(await confirmedBy(processOf(desk), shown))
    for (const answer of answers) assert.equal(answer.kind, 'done', JSON.stringify(answer))
    assert.equal(await recordsIn(desk), records)
  })

  test(`${verb}: a commit whose answer was lost is told to whoever confirms the same again, at another process too`, async () => {
    await using desk = await openOperateDesk()
    await prepare(desk)
    const losing = withCommit(desk.book, async (writes) => {
      await desk.book.commit(writes)
      throw new BookUnavailable('the answer was lost')
    })
    const shown = await shownBy(processOf(desk), action)
    await assert.rejects(confirmedBy(processOf(desk, { book: losing }), shown), BookUnavailable)
    const records = await recordsIn(desk)
    desk.now += 1_000
    const again = await confirmedBy(processOf(desk), shown)
    assert.ok(again.kind === 'done', JSON.stringify(again))
    assert.ok(again.performed.records.length > 0)
    assert.equal(await recordsIn(desk), records)
  })
}

test('what was undone since is not done again by its old confirmation, at whichever process', async () => {
  await using desk = await openOperateDesk()
  const [one, two] = [processOf(desk), processOf(desk)]
  const shown = await shownBy(one, { verb: 'halt', scope: { kind: 'all' } })
  assert.equal((await confirmedBy(one, shown)).kind, 'done')
  await done(desk, { verb: 'resume', scope: { kind: 'all' } })
  assert.equal((await confirmedBy(two, shown)).kind, 'done')
  assert.equal((await desk.book.load('control', 'global'))?.row.tradingEnabled, true)
})

test('what was confirmed is told to its own caller with the very token only', async () => {
  await using desk = await openOperateDesk()
  const [one, two] = [processOf(desk), processOf(desk)]
  const shown = await shownBy(one, { verb: 'quarantine', account: 'alpha' })
  await confirmedBy(one, shown)
  const other = shown.confirm.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
  assert.equal((await confirmedBy(two, shown, 'olga')).kind, 'refused')
  assert.equal((await confirmedBy(two, { ...shown, confirm: other })).kind, 'refused')
  const beta = { verb: 'quarantine', account: 'beta' } as const
  assert.equal((await confirmedBy(two, { ...shown, action: beta })).kind, 'changed')
})

test('what comes after the commit is asked for again: a sweep that no queue took, a job that is still set aside', async () => {
  await using desk = await openOperateDesk()
  const away = async (): Promise<never> => Promise.reject(new RedisUnavailable('away'))
  const queue = { ...desk.tools.queue, enqueue: away, ensure: away }
  const shown = await shownBy(processOf(desk), { verb: 'sweep', account: 'alpha' })
  await assert.rejects(confirmedBy(processOf(desk, { queue }), shown), RedisUnavailable)
  assert.equal((await confirmedBy(processOf(desk), shown)).kind, 'done')
  assert.deepEqual(
    desk.enqueued.map(({ stage, account }) => [stage, account]),
    [['sweep', 'alpha']],
  )
  const [retry, prepare] = WORLDS['retry-job']
  await prepare(desk)
  const deadJobs = { ...desk.tools.deadJobs, remove: away }
  const asked = await shownBy(processOf(desk), retry)
  await assert.rejects(confirmedBy(processOf(desk, { deadJobs }), asked), RedisUnavailable)
  assert.equal((await confirmedBy(processOf(desk), asked)).kind, 'done')
  assert.deepEqual([desk.dead.length, desk.ensured.length], [0, 1])
})

test('a key follows from the secret, and another secret is another installation', () => {
  assert.deepEqual(KEY, confirmationKeyOf({ reveal: () => 'operator-token-of-a-test-01234567' }))
  assert.notDeepEqual(KEY, confirmationKeyOf({ reveal: () => 'operator-token-of-a-test-01234568' }))
})
