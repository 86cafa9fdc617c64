/** Actions over HTTP: preview, confirm, confirm again, a changed world, a late confirmation, the wrong role; and the record of each. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { act, type Asked, confirmAction, previewAction } from '#client/actions.ts'
import { ActionRefused, NotAuthorized, TruebookUnavailable } from '#client/client-errors.ts'
import type { VerbName } from '#domain/operator/action.ts'
import { ROLE_OF_VERB } from '#domain/operator/roles.ts'
import type { DeadJob } from '#domain/operator/view.ts'
import type { ActionDone, ActionPreview, ControlAnswer, DeadJobsAnswer, ErrorAnswer } from '#http/wire.ts'
import { RedisUnavailable } from '#queues/bullmq/connection.ts'
import { aSweep, anAlert } from '#test/domain/operator/view.ts'
import { POSITION, aPosition, anAccount } from '#test/domain/samples.ts'
import {
  bearer,
  type HttpFixture,
  LESSER_TOKEN,
  OPERATOR_TOKEN,
  SIGNAL_TOKEN,
  startHttp,
  VIEWER_TOKEN,
} from './http-fixture.ts'

const JOB: DeadJob = {
  queue: 'place',
  jobId: 'pos-1.place',
  stage: 'place',
  why: 'invalid message',
  since: 7,
  envelope: null,
  ids: { account: 'alpha' },
}

const STRANGER = { account: 'alpha', instrument: 'ETH-PERP' } as const

/** The last sweep found a position that the book does not know. */
async function sawStranger({ book }: HttpFixture): Promise<void> {
  const about = { instrument: STRANGER.instrument, positionId: null, book: 'flat', broker: '2', action: 'alert' }
  const { id, row } = aSweep('alpha', { findings: [{ kind: 'unexpected-position', ...about }] })
  await book.commit([{ op: 'create', kind: 'sweeps', id, row }])
}

/** An entry of ours rests at the venue. */
async function entering({ book }: HttpFixture): Promise<void> {
  const row = aPosition({ account: 'alpha', state: 'entering', entrySettled: false })
  await book.commit([{ op: 'create', kind: 'positions', id: POSITION, row }])
}

/** A server whose world lets every verb here be previewed, and the subject of the record that each leaves. */
const VERBS: readonly (readonly [Asked & { verb: VerbName }, string, (http: HttpFixture) => Promise<unknown>])[] = [
  [{ verb: 'halt', why: 'x' }, 'control.global', async () => {}],
  [{ verb: 'halt', scope: { kind: 'account', account: 'alpha' }, why: 'x' }, 'control.account.alpha', async () => {}],
  [
    { verb: 'halt', scope: { kind: 'strategy', strategy: 'trend' }, why: 'x' },
    'control.strategy.trend',
    async () => {},
  ],
  [
    { verb: 'resume', why: 'x' },
    'control.global',
    (http) => act(http.actions(OPERATOR_TOKEN), { verb: 'halt', why: 'y' }),
  ],
  [{ verb: 'quarantine', account: 'alpha', why: 'x' }, 'accounts.alpha', async () => {}],
  [
    { verb: 'release', account: 'alpha', why: 'x' },
    'accounts.alpha',
    (http) => act(http.actions(OPERATOR_TOKEN), { verb: 'quarantine', account: 'alpha', why: 'y' }),
  ],
  [
    { verb: 'acknowledge', alert: 'alert-1', why: 'x' },
    'accounts.alpha',
    ({ book }) => book.commit([{ op: 'create', kind: 'alerts', id: 'alert-1', row: anAlert() }]),
  ],
  [{ verb: 'sweep' }, 'control.global', async () => {}],
  [{ verb: 'retry-job', queue: 'place', job: JOB.jobId, why: 'x' }, 'accounts.alpha', async () => {}],
  [{ verb: 'flatten', account: 'alpha', why: 'x' }, 'accounts.alpha', async () => {}],
  [{ verb: 'cancel-orders', account: '*', why: 'x' }, `positions.${POSITION}`, entering],
  [{ verb: 'adopt', ...STRANGER, why: 'x' }, 'accounts.alpha', sawStranger],
  [{ verb: 'ignore', ...STRANGER, why: 'x' }, 'accounts.alpha', sawStranger],
  [
    { verb: 'unignore', ...STRANGER, why: 'x' },
    'accounts.alpha',
    async (http) => {
      await sawStranger(http)
      await act(http.actions(OPERATOR_TOKEN), { verb: 'ignore', ...STRANGER, why: 'y' })
    },
  ],
]

const deadJobs = { list: async () => [JOB], find: async () => JOB, remove: async () => true }

for (const [action, subject, prepare] of VERBS) {
  const name = `${action.verb}${'scope' in action ? ` of ${action.scope?.kind}` : ''}`

  test(`${name}: previewed, confirmed, confirmed again; one record with who, when, why, before and after`, async () => {
    await using http = await startHttp({ deadJobs })
    await prepare(http)
    const client = http.actions(ROLE_OF_VERB[action.verb] === 'admin' ? OPERATOR_TOKEN : LESSER_TOKEN)
    http.now += 1000
    const shown = await previewAction(client, action)
    assert.equal(shown.preview.verb, action.verb)
    assert.ok(shown.preview.radius.lines.length > 0)
    assert.equal(shown.role, ROLE_OF_VERB[action.verb])
    const done = await confirmAction(client, action, shown)
    assert.ok('done' in done, JSON.stringify(done))
    assert.equal(done.audit?.subject, subject)
    http.now += 1000
    assert.deepEqual(await confirmAction(client, action, shown), done)
    const [kind, ...id] = subject.split('.')
    const rows = await http.book.list('audit', {
      where: { subject: id.join('.') },
      orderBy: { field: 'at', direction: 'ascending' },
    })
    const ours = rows.filter(({ row }) => row.subjectKind === kind && row.decision === action.verb)
    assert.equal(ours.length, 1)
    const { actor, at, inputs, seq } = ours[0]!.row
    const who = ROLE_OF_VERB[action.verb] === 'admin' ? 'operator' : 'olga'
    assert.deepEqual([actor, at, seq], [who, http.now - 1000, done.audit?.seq])
    assert.equal(inputs['why'], action.why ?? 'asked for')
    assert.ok('before' in inputs && 'after' in inputs)
  })

  test(`${name}: a late confirmation is 409 with a new preview and does nothing`, async () => {
    await using http = await startHttp({ deadJobs })
    await prepare(http)
    const client = http.actions(OPERATOR_TOKEN)
    const shown = await previewAction(client, action)
    http.now = shown.expires_at + 1
    const late = await confirmAction(client, action, shown)
    assert.ok('error' in late && late.error.code === 'conflict', JSON.stringify(late))
    assert.match(late.error.message, /expired: nothing was done/)
    assert.notEqual(late.confirm, shown.confirm)
    assert.ok('done' in (await confirmAction(client, action, late)))
  })
}

test('a world that changed since the preview is 409 with what it would do now', async () => {
  await using http = await startHttp()
  const client = http.actions(OPERATOR_TOKEN)
  await act(client, { verb: 'halt', why: 'y' })
  const action = { verb: 'resume', why: 'x' } as const
  const shown = await previewAction(client, action)
  await http.book.commit([{ op: 'create', kind: 'alerts', id: 'alert-1', row: anAlert() }])
  const changed = await confirmAction(client, action, shown)
  assert.ok('error' in changed && changed.error.code === 'conflict')
  assert.ok(changed.preview.radius.against.some((line) => line.includes('not acknowledged, alpha')))
  const control = (
    await http.server.fastify.inject({ url: '/v1/control', headers: bearer(VIEWER_TOKEN) })
  ).json<ControlAnswer>()
  assert.equal(control.trading_enabled, false)
})

test('positions that changed since the preview refuse a release: what was shown is what is let in', async () => {
  await using http = await startHttp()
  const client = http.actions(OPERATOR_TOKEN)
  const row = anAccount({ account: 'alpha', state: 'quarantined' })
  const [revision] = await http.book.commit([{ op: 'create', kind: 'accounts', id: 'alpha', row }])
  const action = { verb: 'release', account: 'alpha', why: 'x' } as const
  const shown = await previewAction(client, action)
  const locks = { 'BTC-PERP': { reason: 'unexpected-position', since: 1, alertId: null } }
  await http.book.commit([
    { op: 'replace', kind: 'accounts', id: 'alpha', row: { ...row, locks }, revision: revision! },
  ])
  assert.ok('error' in (await confirmAction(client, action, shown)))
  assert.equal((await http.book.load('accounts', 'alpha'))?.row.state, 'quarantined')
})

test('signal senders and viewers may not even preview; an operator previews all and confirms what is his', async () => {
  await using http = await startHttp({ deadJobs })
  for (const token of [SIGNAL_TOKEN, VIEWER_TOKEN])
    await assert.rejects(previewAction(http.actions(token), { verb: 'halt' }), NotAuthorized)
  await act(http.actions(LESSER_TOKEN), { verb: 'halt', why: 'x' })
  const olga = http.actions(LESSER_TOKEN)
  const action = { verb: 'resume', why: 'x' } as const
  const shown = await previewAction(olga, action)
  assert.equal(shown.role, 'admin')
  await assert.rejects(confirmAction(olga, action, shown), (error: unknown) => {
    assert.ok(error instanceof NotAuthorized && error.status === 403)
    assert.match(error.message, /Expected a person with the role admin or above, saw olga, a operator/)
    return true
  })
  // What one was shown another one cannot confirm, whatever his role.
  const others = await confirmAction(http.actions(OPERATOR_TOKEN), action, shown)
  assert.ok('error' in others && others.error.code === 'conflict')
})

for (const [verb, role] of Object.entries(ROLE_OF_VERB)) {
  test(`${verb} is confirmed by the role ${role} and by none below it`, async () => {
    await using http = await startHttp()
    const target = {
      acknowledge: { alert: 'a' },
      adopt: { account: 'alpha', instrument: 'X' },
      ignore: { account: 'alpha', instrument: 'X' },
      unignore: { account: 'alpha', instrument: 'X' },
      quarantine: { account: 'alpha' },
      release: { account: 'alpha' },
      'retry-job': { queue: 'q', job: 'j' },
    }[verb]
    const status = async (token: string): Promise<number> => {
      const payload = { verb, ...target, why: 'x', confirm: 'made-up' }
      const url = '/v1/actions'
      return (await http.server.fastify.inject({ method: 'POST', url, headers: bearer(token), payload })).statusCode
    }
    assert.equal(await status(VIEWER_TOKEN), 403)
    const lesser = await status(LESSER_TOKEN)
    if (role === 'admin') assert.equal(lesser, 403)
    else assert.notEqual(lesser, 403)
    assert.notEqual(await status(OPERATOR_TOKEN), 403)
  })
}

test('a made-up token is 409 with a preview, and does nothing', async () => {
  await using http = await startHttp()
  const payload = { verb: 'halt', why: 'x', confirm: '7' }
  const headers = bearer(OPERATOR_TOKEN)
  const answer = await http.server.fastify.inject({ method: 'POST', url: '/v1/actions', headers, payload })
  assert.equal(answer.statusCode, 409)
  assert.equal(answer.json<ActionPreview>().preview.verb, 'halt')
  assert.equal(await http.book.load('control', 'global'), null)
})

test('a reason may be left out of a preview, never of a confirmation but that of a sweep; a blank one is none', async () => {
  await using http = await startHttp()
  const client = http.actions(OPERATOR_TOKEN)
  const shown = await previewAction(client, { verb: 'halt' })
  const withPath = (error: unknown): boolean => error instanceof ActionRefused && error.details.path === 'why'
  await assert.rejects(confirmAction(client, { verb: 'halt' }, shown), withPath)
  await assert.rejects(previewAction(client, { verb: 'halt', why: '  ' }), withPath)
  assert.equal((await act(client, { verb: 'sweep', account: 'beta' })).keys.length, 1)
})

test('what cannot be done is said: unknown account and alert, nothing to resume', async () => {
  await using http = await startHttp()
  const client = http.actions(OPERATOR_TOKEN)
  const cases: [Asked, number, RegExp][] = [
    [{ verb: 'sweep', account: 'gamma' }, 400, /expected one of alpha, beta, saw "gamma"/],
    [{ verb: 'acknowledge', alert: 'none' }, 404, /There is no alert none/],
    [{ verb: 'resume' }, 409, /saw that they are not/],
    [{ verb: 'retry-job', queue: 'place', job: 'none' }, 404, /There is no job none/],
  ]
  for (const [action, status, message] of cases) {
    await assert.rejects(previewAction(client, action), (error: unknown) => {
      assert.ok(error instanceof ActionRefused && error.status === status, String(error))
      assert.match(error.message, message)
      return true
    })
  }
})

test('what was asked for is 202 with its keys, what is done is 200', async () => {
  await using http = await startHttp()
  const headers = bearer(OPERATOR_TOKEN)
  for (const [action, expected] of [
    [{ verb: 'sweep' }, 202],
    [{ verb: 'halt', why: 'x' }, 200],
  ] as const) {
    const { confirm } = await previewAction(http.actions(OPERATOR_TOKEN), action)
    const payload = { ...action, confirm }
    const answer = await http.server.fastify.inject({ method: 'POST', url: '/v1/actions', headers, payload })
    assert.equal(answer.statusCode, expected)
    assert.equal(answer.json<ActionDone>().keys.length > 0, expected === 202)
  }
})

test('all switches are listed, each with who and why', async () => {
  await using http = await startHttp()
  const client = http.actions(OPERATOR_TOKEN)
  await act(client, { verb: 'halt', scope: { kind: 'strategy', strategy: 'a/b' }, why: 'slow' })
  await act(client, { verb: 'halt', why: 'all' })
  const read = (
    await http.server.fastify.inject({ url: '/v1/control', headers: bearer(VIEWER_TOKEN) })
  ).json<ControlAnswer>()
  const off = { trading_enabled: false, by: 'operator', at: http.now }
  assert.deepEqual(read, {
    ...off,
    why: 'all',
    scopes: [
      { scope: { kind: 'all' }, ...off, why: 'all' },
      { scope: { kind: 'strategy', strategy: 'a/b' }, ...off, why: 'slow' },
    ],
  })
})

test('dead jobs are listed; 503 while Redis is away, and a halt needs none', async () => {
  await using http = await startHttp({ deadJobs })
  const headers = bearer(VIEWER_TOKEN)
  const list = (await http.server.fastify.inject({ url: '/v1/dead-jobs', headers })).json<DeadJobsAnswer>()
  const { queue, stage, why, since, ids } = JOB
  assert.deepEqual(list, { dead_jobs: [{ queue, job: JOB.jobId, stage, why, since, valid: false, ids }] })
  const away = async (): Promise<never> => {
    throw new RedisUnavailable('away')
  }
  await using silent = await startHttp({ deadJobs: { list: away, find: away, remove: away } })
  assert.equal((await silent.server.fastify.inject({ url: '/v1/dead-jobs', headers })).statusCode, 503)
  const client = silent.actions(OPERATOR_TOKEN)
  await assert.rejects(previewAction(client, { verb: 'retry-job', queue: 'q', job: 'j' }), TruebookUnavailable)
  assert.equal((await act(client, { verb: 'halt', why: 'x' })).done, true)
})

test('the doors of before are closed', async () => {
  await using http = await startHttp()
  for (const url of ['/v1/control', '/v1/sweep']) {
    const answer = await http.server.fastify.inject({
      method: 'POST',
      url,
      headers: bearer(OPERATOR_TOKEN),
      payload: {},
    })
    assert.equal(answer.json<ErrorAnswer>().error.code, 'not_found')
  }
})
