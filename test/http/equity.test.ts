/** The equity identity as operators read it over HTTP: days of an account, the newest first, and unknown where it is unknown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EquityAnswer, EquityDaysAnswer, ErrorAnswer } from '#http/wire.ts'
import { keepDays } from './equity-days.ts'
import { bearer, OPERATOR_TOKEN, startHttp } from './http-fixture.ts'

const headers = bearer(OPERATOR_TOKEN)

test('days come newest first, of one account or all, as many as asked for', async () => {
  await using http = await startHttp()
  await keepDays(http, 'alpha', 3)
  await keepDays(http, 'beta', 2)
  const daysOf = async (query: string) => {
    const answer = await http.server.fastify.inject({ url: `/v1/equity/days${query}`, headers })
    return answer.json<EquityDaysAnswer>().days.map(({ account, day }) => `${account} ${day}`)
  }
  assert.deepEqual(await daysOf('?account=alpha'), ['alpha 2025-11-24', 'alpha 2025-11-23', 'alpha 2025-11-22'])
  assert.deepEqual(await daysOf('?limit=1'), ['alpha 2025-11-24', 'beta 2025-11-23'])
  const unknown = await http.server.fastify.inject({ url: '/v1/equity/days?account=gamma', headers })
  assert.equal(unknown.statusCode, 400)
  assert.match(unknown.json<ErrorAnswer>().error.message, /expected one of alpha, beta, saw "gamma"/)
  assert.equal((await http.server.fastify.inject({ url: '/v1/equity/days' })).statusCode, 401)
})

test('what is unknown is null with its reason, in the running row and in the day', async () => {
  await using http = await startHttp()
  await keepDays(http, 'alpha', 2, { cashGap: 'HTTP 502' })
  const { days } = (await http.server.fastify.inject({ url: '/v1/equity/days', headers })).json<EquityDaysAnswer>()
  assert.deepEqual(
    days.map(({ unexplained }) => unexplained),
    [null, '0'],
  )
  const { equity } = (await http.server.fastify.inject({ url: '/v1/equity', headers })).json<EquityAnswer>()
  assert.deepEqual([equity[0]?.unexplained, equity[0]?.remainder], [null, '0'])
  assert.match(equity[0]?.unknown ?? '', /could not be read: HTTP 502/)
})
