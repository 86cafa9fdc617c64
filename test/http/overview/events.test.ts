/** The overview as server-sent events: whole once, then what changes; ended with the session and with the server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BookUnavailable } from '#book/errors.ts'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { act } from '#client/actions.ts'
import type { OverviewAnswer, OverviewPart } from '#http/overview-wire.ts'
import { eventually } from '#test/support/eventually.ts'
import { type HttpFixture, OPERATOR_TOKEN, VIEWER_TOKEN, bearer, startHttp } from '../http-fixture.ts'

interface Heard {
  readonly event: string
  readonly data: unknown
}

/** Listens to a server; `ended` once the server closes the stream, `broken` where it did not do so in order. */
async function listen(url: string, headers: Record<string, string>) {
  const aborted = new AbortController()
  const response = await fetch(new URL('/v1/events', url), { headers, signal: aborted.signal })
  const heard: Heard[] = []
  const state = { ended: false, broken: false }
  const reading = (async () => {
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
        if (event !== undefined) heard.push({ event, data: JSON.parse(data ?? 'null') as unknown })
      }
    }
  })().then(
    () => (state.ended = true),
    () => (state.ended = state.broken = true),
  )
  return {
    response,
    heard,
    state,
    async stop() {
      aborted.abort()
      await reading
    },
    until: async (event: string) =>
      await eventually(() => heard.find((one) => one.event === event), { what: `the event ${event}` }),
  }
}

async function address({ server }: HttpFixture): Promise<string> {
  return await server.fastify.listen({ host: '127.0.0.1', port: 0 })
}

test('a listener hears all of it once, then only the part that changed', async () => {
  await using http = await startHttp()
  const listener = await listen(await address(http), bearer(VIEWER_TOKEN))
  const { data } = await listener.until('overview')
  assert.deepEqual(
    (data as OverviewAnswer).accounts.map(({ id }) => id),
    ['alpha', 'beta'],
  )
  await act(http.actions(OPERATOR_TOKEN), { verb: 'halt', scope: { kind: 'account', account: 'beta' }, why: 'a test' })
  const part = (await listener.until('part')).data as OverviewPart
  assert.equal(part.part, 'trading')
  await listener.until('tick')
  assert.equal(listener.heard.filter(({ event }) => event === 'overview').length, 1)
  assert.equal(listener.heard.filter(({ event }) => event === 'part').length, 1)
  await listener.stop()
})

test('the book is read once for everybody, and not at all when nobody listens', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  let readings = 0
  const watched = {
    ...bound(book),
    list: (async (kind, query) => {
      if (kind === 'control') readings += 1
      return await book.list(kind, query)
    }) as typeof book.list,
  }
  await using http = await startHttp({ book: watched })
  const url = await address(http)
  const one = await listen(url, bearer(VIEWER_TOKEN))
  await one.until('tick')
  const before = readings
  const others = await Promise.all([listen(url, bearer(VIEWER_TOKEN)), listen(url, bearer(OPERATOR_TOKEN))])
  for (const other of others) await other.until('overview')
  const ticks = (): number => one.heard.filter(({ event }) => event === 'tick').length
  const seen = ticks()
  await eventually(() => ticks() >= seen + 2, { what: 'two more readings' })
  assert.ok(readings - before <= ticks() + 1, `Expected one reading a round, saw ${readings - before} in ${ticks()}.`)
  for (const listener of [one, ...others]) await listener.stop()
  const last = readings
  const again = await listen(url, bearer(VIEWER_TOKEN))
  await again.until('overview')
  assert.ok(readings - last <= 3, `Expected no reading without a listener, saw ${readings - last}.`)
  await again.stop()
})

test('a book that does not answer is told as trouble, never as silence, and recovers', async () => {
  const book = await openEmbeddedBook({ file: ':memory:' })
  const state = { down: false }
  const shaky = {
    ...bound(book),
    list: (async (kind, query) => {
      if (state.down) throw new BookUnavailable('The book is away.')
      return await book.list(kind, query)
    }) as typeof book.list,
  }
  await using http = await startHttp({ book: shaky })
  const listener = await listen(await address(http), bearer(VIEWER_TOKEN))
  await listener.until('overview')
  state.down = true
  await listener.until('trouble')
  state.down = false
  const heard = listener.heard.length
  await eventually(() => listener.heard.slice(heard).some(({ event }) => event === 'tick'), { what: 'a reading again' })
  await listener.stop()
})

test('a session that has ended hears so and is let go; listening is no use of it', async () => {
  await using http = await startHttp()
  const url = await address(http)
  const link = await http.server.fastify.inject({
    method: 'POST',
    url: '/v1/login-links',
    headers: bearer(VIEWER_TOKEN),
  })
  const code = new URL(link.json<{ path: string }>().path, url).searchParams.get('code') ?? ''
  const login = await fetch(new URL('/login', url), {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ token: code }),
  })
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const listener = await listen(url, { cookie })
  await listener.until('overview')
  // Two hours in which the page only listened.
  http.now += 2 * 3_600_000
  // The next round has a part and a tick: only one of them is the last word.
  const row = { tradingEnabled: false, by: 'ada', why: 'a test', at: http.now }
  await http.book.commit([{ op: 'create', kind: 'control', id: 'global', row }])
  await listener.until('bye')
  await eventually(() => listener.state.ended, { what: 'the stream to end' })
  assert.equal(listener.state.broken, false)
  assert.deepEqual(
    http.logged.filter((line) => /error|warn/.test(line)),
    [],
  )
})

test('a server that closes lets its listeners go', async () => {
  const http = await startHttp()
  const listener = await listen(await address(http), bearer(VIEWER_TOKEN))
  await listener.until('overview')
  await http[Symbol.asyncDispose]()
  await eventually(() => listener.state.ended, { what: 'the stream to end' })
})

test('a request for the head only is no listener: none is left behind', async () => {
  await using http = await startHttp()
  const url = await address(http)
  for (let count = 0; count < 60; count += 1) {
    const answer = await fetch(new URL('/v1/events', url), { method: 'HEAD', headers: bearer(VIEWER_TOKEN) })
    assert.equal(answer.status, 404)
  }
  const listener = await listen(url, bearer(VIEWER_TOKEN))
  await listener.until('overview')
  await listener.stop()
})

test('listeners are bounded, one by one: who has opened too many pages shuts out nobody else', async () => {
  await using http = await startHttp()
  const url = await address(http)
  const listeners = await Promise.all(Array.from({ length: 20 }, () => listen(url, bearer(VIEWER_TOKEN))))
  const refused = await fetch(new URL('/v1/events', url), { headers: bearer(VIEWER_TOKEN) })
  assert.equal(refused.status, 503)
  await refused.text()
  const other = await listen(url, bearer(OPERATOR_TOKEN))
  assert.equal(other.response.status, 200)
  await other.stop()
  await listeners[0]?.stop()
  const room = async (): Promise<boolean> => {
    const answer = await listen(url, bearer(VIEWER_TOKEN))
    await answer.stop()
    return answer.response.status === 200
  }
  await eventually(room, { what: 'room for one more' })
  for (const listener of listeners) await listener.stop()
})

/** A book whose methods may be replaced one by one. */
function bound(book: Awaited<ReturnType<typeof openEmbeddedBook>>) {
  return {
    load: book.load.bind<typeof book.load>(book),
    loadMany: book.loadMany.bind<typeof book.loadMany>(book),
    commit: book.commit.bind(book),
    close: book.close.bind(book),
  }
}
