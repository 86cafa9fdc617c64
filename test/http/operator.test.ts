/** What operators read and change. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ControlAnswer, ErrorAnswer, PositionsAnswer, ReadyAnswer, SitesAnswer } from '#http/wire.ts'
import { bearer, OPERATOR_TOKEN, startHttp } from './http-fixture.ts'

const headers = bearer(OPERATOR_TOKEN)

test('a switch that nobody has touched is on', async () => {
  await using http = await startHttp()
  const read = (await http.server.fastify.inject({ url: '/v1/control', headers })).json<ControlAnswer>()
  assert.deepEqual(read, { trading_enabled: true, by: 'default', why: 'never changed', at: 0, scopes: [] })
})

test('who works for which site is told, and 503 while Redis does not say', async () => {
  await using http = await startHttp()
  const answer = await http.server.fastify.inject({ url: '/v1/sites', headers })
  const site = { site: null, accounts: ['alpha', 'beta'], workers: ['host-1'], unattended: [] }
  assert.deepEqual(answer.json<SitesAnswer>(), { sites: [site] })
  await using silent = await startHttp({
    readSites: async () => {
      throw new Error('connection refused')
    },
  })
  assert.equal((await silent.server.fastify.inject({ url: '/v1/sites', headers })).statusCode, 503)
})

test('every list answers, with every filter it offers', async () => {
  await using http = await startHttp()
  const urls = [
    '/v1/positions',
    '/v1/positions?state=all',
    '/v1/positions?account=alpha',
    '/v1/positions?account=alpha&state=all&limit=5',
    '/v1/alerts',
    '/v1/alerts?state=all',
    '/v1/equity',
    '/v1/sweeps',
    '/v1/sweeps?account=beta&limit=1',
  ]
  for (const url of urls) assert.equal((await http.server.fastify.inject({ url, headers })).statusCode, 200, url)
  const none = (await http.server.fastify.inject({ url: '/v1/positions', headers })).json<PositionsAnswer>()
  assert.deepEqual(none, { positions: [] })
  const bad = await http.server.fastify.inject({ url: '/v1/positions?limit=0', headers })
  assert.match(bad.json<ErrorAnswer>().error.message, /limit: expected a whole number from 1 to 9999, saw "0"/)
})

test('readiness is 503 while a part does not answer', async () => {
  await using http = await startHttp({ ready: async () => [{ check: 'redis', ok: false }] })
  const answer = await http.server.fastify.inject({ url: '/readyz' })
  assert.equal(answer.statusCode, 503)
  assert.deepEqual(answer.json<ReadyAnswer>(), { ready: false, checks: [{ check: 'redis', ok: false }] })
})
