/** Operators read what was decided about a position; what they switch themselves is in a chain of its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyAudit } from '#audit/verify-audit.ts'
import { act } from '#client/actions.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { ErrorAnswer, TimelineAnswer } from '#http/wire.ts'
import { LIFE, liveOnce } from '#test/audit/whole-life.ts'
import { bearer, OPERATOR_TOKEN, SIGNAL_TOKEN, startHttp } from './http-fixture.ts'

const headers = bearer(OPERATOR_TOKEN)

test('the records of a position come in order and checked; those of no position are not found', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  await liveOnce(book)
  await using http = await startHttp({ book })
  const url = `/v1/positions/${LIFE}/audit`
  const answer = (await http.server.fastify.inject({ url, headers })).json<TimelineAnswer>()
  assert.deepEqual(
    answer.records.map(({ seq, at }) => [seq, at]),
    answer.records.map(({ at }, index) => [index, at]).toSorted(([, a], [, b]) => Number(a) - Number(b)),
  )
  assert.deepEqual([answer.position_id, answer.records.length, answer.broken], [LIFE, 10, null])
  const other = await http.server.fastify.inject({ url: '/v1/positions/pos-none/audit', headers })
  assert.deepEqual(
    [other.statusCode, other.json<ErrorAnswer>().error.message],
    [404, 'There is no position or command pos-none.'],
  )
  const sender = await http.server.fastify.inject({ url, headers: bearer(SIGNAL_TOKEN) })
  assert.equal(sender.statusCode, 403)
})

test('every switch of trading is one more record of the chain of its scope', async () => {
  await using http = await startHttp()
  const scopes = [{ kind: 'all' }, { kind: 'account', account: 'alpha' }, { kind: 'all' }] as const
  for (const [index, scope] of scopes.entries()) {
    http.now += 1000
    await act(http.actions(OPERATOR_TOKEN), { verb: 'halt', scope, why: `reason ${index}` })
  }
  const report = await verifyAudit(http.book)
  assert.deepEqual([report.proven, report.checked.control], [true, { rows: 2, records: 3 }])
  const ofAlpha = await verifyAudit(http.book, { position: null, account: 'alpha', since: null })
  assert.deepEqual([ofAlpha.proven, ofAlpha.checked.control], [true, { rows: 1, records: 1 }])
})
