/** A process's own page of metrics: only that page, only for whoever holds the token where there is one. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { Secret } from '#config/secret.ts'
import { listenForScrapes } from '#telemetry/metrics/metrics-listener.ts'
import { createRegistry, scrapedGauges } from '#telemetry/metrics/registry.ts'

const TOKEN = 'metrics-token-of-a-test-0123456789'
const build = { version: '0', mode: 'paper', role: 'worker', site: 'desk' } as const
const listen = (token: Secret | null) =>
  listenForScrapes({ registry: createRegistry(build), host: '127.0.0.1', port: 0, token })

test('without a token it is open on this machine; with one only its holder reads', async () => {
  await using open = await listen(null)
  const page = await fetch(open.url)
  assert.equal(page.status, 200)
  assert.match(await page.text(), /^truebook_build_info\{version="0",mode="paper",role="worker",site="desk"/m)
  await using closed = await listen(new Secret(TOKEN))
  const status = async (authorization?: string): Promise<number> => {
    const answer = await fetch(closed.url, authorization === undefined ? {} : { headers: { authorization } })
    await answer.text()
    return answer.status
  }
  assert.deepEqual([await status(), await status('Bearer another'), await status(TOKEN)], [401, 401, 401])
  assert.equal(await status(`Bearer ${TOKEN}`), 200)
})

test('there is nothing else, and nothing to change', async () => {
  await using listener = await listen(null)
  assert.equal((await fetch(new URL('/', listener.url))).status, 404)
  assert.equal((await fetch(`${listener.url}?a=b`)).status, 404)
  assert.equal((await fetch(listener.url, { method: 'POST', body: 'x' })).status, 405)
})

test('a port that is taken is an error for the caller to judge', async () => {
  await using first = await listen(null)
  const port = Number(new URL(first.url).port)
  await assert.rejects(listenForScrapes({ registry: createRegistry(build), host: '127.0.0.1', port, token: null }), {
    code: 'EADDRINUSE',
  })
})

test('what nobody knows is absent, never 0 and never the last one known', async () => {
  const registry = createRegistry(build)
  let known: number | null = 7
  scrapedGauges(registry, [
    { name: 'bare', help: 'h', read: () => (known === null ? null : [[{}, known]]) },
    { name: 'labelled', help: 'h', labels: ['a'], read: () => (known === null ? null : [[{ a: 'x' }, known]]) },
  ])
  assert.match(await registry.metrics(), /^bare 7$[^]*^labelled\{a="x"\} 7$/m)
  known = null
  assert.doesNotMatch(await registry.metrics(), /^(bare|labelled)[ {]/m)
})

test('an open page is for this machine by its own names: a name that was made to point here reads nothing', async () => {
  await using open = await listen(null)
  await using closed = await listen(new Secret(TOKEN))
  const statusFor = async (url: string, host: string, headers = {}): Promise<number | undefined> => {
    const request = get(url, { headers: { host, ...headers } })
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    answer.resume()
    await once(answer, 'end')
    return answer.statusCode
  }
  for (const host of ['evil.example', 'evil.example:9464', '127.0.0.1.evil.example'])
    assert.equal(await statusFor(open.url, host), 403, host)
  for (const host of ['localhost:9464', '127.0.0.1', '[::1]:9464'])
    assert.equal(await statusFor(open.url, host), 200, host)
  assert.equal(await statusFor(closed.url, 'worker:9464', { authorization: `Bearer ${TOKEN}` }), 200)
})
