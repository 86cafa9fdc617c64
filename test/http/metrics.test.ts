/** /metrics is for people who may read and for the scraper's token, which opens nothing else; requests are measured by pattern. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '#config/secret.ts'
import { createMetrics } from '#telemetry/metrics/metrics.ts'
import { bearer, type HttpFixture, SIGNAL_TOKEN, startHttp, VIEWER_TOKEN } from './http-fixture.ts'

const SCRAPER = 'metrics-token-of-a-test-0123456789'

async function startMeasured(token: Secret | null = new Secret(SCRAPER)): Promise<HttpFixture> {
  const { registry, http } = createMetrics({ version: '0', mode: 'paper', role: 'api', site: '' })
  return await startHttp({
    metrics: { contentType: registry.contentType, text: () => registry.metrics(), token, http },
  })
}

const get = async (fixture: HttpFixture, url: string, token?: string) =>
  await fixture.server.fastify.inject({ url, ...(token !== undefined && { headers: bearer(token) }) })

test('viewers and the scraper read the metrics; senders of signals, strangers and nobody do not', async () => {
  await using fixture = await startMeasured()
  for (const token of [VIEWER_TOKEN, SCRAPER]) {
    const answer = await get(fixture, '/metrics', token)
    assert.equal(answer.statusCode, 200)
    assert.match(String(answer.headers['content-type']), /^text\/plain/)
    assert.match(answer.body, /^truebook_build_info\{version="0",mode="paper",role="api"/m)
    assert.match(answer.body, /^process_cpu_seconds_total /m)
  }
  assert.equal((await get(fixture, '/metrics', SIGNAL_TOKEN)).statusCode, 403)
  assert.equal((await get(fixture, '/metrics', 'a-token-that-nobody-gave-out')).statusCode, 401)
  assert.equal((await get(fixture, '/metrics')).statusCode, 401)
})

test('the token of the scraper opens nothing else, and nothing where none is configured', async () => {
  await using fixture = await startMeasured()
  for (const url of ['/v1/positions', '/v1/alerts', '/queues']) {
    assert.equal((await get(fixture, url, SCRAPER)).statusCode, 401, url)
  }
  await using closed = await startMeasured(null)
  assert.equal((await get(closed, '/metrics', SCRAPER)).statusCode, 401)
  assert.equal((await get(closed, '/metrics', VIEWER_TOKEN)).statusCode, 200)
})

test('requests are measured by the pattern of their route and the class of their status', async () => {
  await using fixture = await startMeasured()
  for (const id of ['pos-1', 'pos-2']) await get(fixture, `/v1/positions/${id}/audit`, VIEWER_TOKEN)
  await get(fixture, '/nowhere/at/all', VIEWER_TOKEN)
  const { body } = await get(fixture, '/metrics', SCRAPER)
  const counted = [...body.matchAll(/^truebook_http_request_seconds_count\{(.*)\} (\d+)$/gm)]
  assert.deepEqual(
    new Map(counted.map(([, of, count]) => [of, count])),
    new Map([
      ['method="GET",route="/v1/positions/:id/audit",status="4xx"', '2'],
      ['method="GET",route="unknown",status="4xx"', '1'],
    ]),
  )
  assert.doesNotMatch(body, /pos-1|nowhere/)
})

test('each request is logged with an id of its own, who asked and as what', async () => {
  await using fixture = await startMeasured()
  await get(fixture, '/v1/alerts', VIEWER_TOKEN)
  await get(fixture, '/v1/alerts')
  const lines = fixture.logged.map((line) => JSON.parse(line) as Record<string, unknown>)
  const asked = lines.filter(({ route }) => route === '/v1/alerts')
  assert.deepEqual(
    asked.map(({ caller, role, status, level }) => ({ caller, role, status, level })),
    [
      { caller: 'vera', role: 'viewer', status: 200, level: 'debug' },
      { caller: null, role: null, status: 401, level: 'info' },
    ],
  )
  const ids = asked.map(({ request_id }) => String(request_id))
  assert.equal(new Set(ids).size, 2)
  for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/)
})
