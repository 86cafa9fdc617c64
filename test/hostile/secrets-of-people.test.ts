/** Tokens, signing secrets, login codes, sessions and their proofs, used well and badly in every place: none is said, stored or shown anywhere else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InjectOptions } from 'fastify'
import { signedHeaders } from '#client/prove.ts'
import {
  bearer,
  codeOf,
  type HttpFixture,
  LESSER_TOKEN,
  logIn,
  openSignal,
  OPERATOR_TOKEN,
  postLogin,
  SIGNAL_TOKEN,
  SIGNING_SECRET,
  startHttp,
  VIEWER_TOKEN,
} from '#test/http/http-fixture.ts'
import { leaksIn, type Planted, type Source } from './leak-search.ts'

const TOKENS: readonly Planted[] = [
  { what: 'token of the admin', value: OPERATOR_TOKEN },
  { what: 'token of an operator', value: LESSER_TOKEN },
  { what: 'token of a viewer', value: VIEWER_TOKEN },
  { what: 'token of a sender', value: SIGNAL_TOKEN },
  { what: 'secret of a signer', value: SIGNING_SECRET },
]

/** Every place of a request where something could be put by mistake. */
function slips(value: string): (InjectOptions & { readonly url: string })[] {
  const admin = bearer(OPERATOR_TOKEN)
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
  return [
    { method: 'GET', url: '/v1/positions', headers: { authorization: `Bearer ${value}x` } },
    { method: 'GET', url: '/v1/positions', headers: { authorization: `Basic ${value}` } },
    { method: 'GET', url: '/v1/positions', headers: { cookie: `truebook=${value}` } },
    { method: 'GET', url: `/v1/positions?account=${value}`, headers: admin },
    { method: 'GET', url: `/v1/positions/${value}`, headers: admin },
    { method: 'GET', url: `/v1/signals/${value}`, headers: admin },
    { method: 'GET', url: `/login?token=${value}` },
    { method: 'GET', url: `/login?code=${value}` },
    { method: 'GET', url: `/login?code=${value}x` },
    { method: 'GET', url: `/${value}` },
    { method: 'GET', url: `/assets/${value}` },
    { method: 'POST', url: '/login', headers: form, payload: `token=x${value}` },
    { method: 'POST', url: '/login', headers: { ...form, 'sec-fetch-site': 'none' }, payload: `token=${value}` },
    { method: 'POST', url: '/login', headers: { 'sec-fetch-site': 'same-origin' }, payload: { token: value } },
    { method: 'POST', url: '/v1/signals', headers: bearer(SIGNAL_TOKEN), payload: openSignal({ strategy: value }) },
    { method: 'POST', url: '/v1/signals', headers: bearer(SIGNAL_TOKEN), payload: openSignal({ [value]: 1 }) },
    { method: 'POST', url: '/v1/signals', headers: { ...bearer(SIGNAL_TOKEN), 'content-type': value }, payload: '{}' },
    { method: 'POST', url: '/v1/actions', headers: admin, payload: { verb: 'halt', why: `because ${value}` } },
    { method: 'POST', url: '/v1/actions', headers: admin, payload: { verb: 'halt', confirm: value } },
    {
      method: 'POST',
      url: '/v1/actions',
      headers: { ...admin, 'content-type': 'application/json' },
      payload: `{"${value}":1,"${value}":2}`,
    },
    { method: 'GET', url: '/v1/signals/sig-x', headers: { 'x-truebook-key': value, 'x-truebook-timestamp': value } },
    { method: 'GET', url: '/v1/positions', headers: { ...admin, host: `${value}.example` } },
  ]
}

async function storedIn({ book }: HttpFixture): Promise<Source[]> {
  const kinds = ['signals', 'outbox', 'control', 'audit', 'processed', 'alerts'] as const
  return await Promise.all(
    kinds.map(async (kind) => {
      const rows = await book.list(kind, {}).catch(() => null)
      return { from: `book ${kind}`, text: JSON.stringify(rows) }
    }),
  )
}

test('no secret of a person or a sender is said, stored or shown, however it is used', async () => {
  await using http = await startHttp()
  const sources: Source[] = []
  const secrets = [...TOKENS]
  const session = await logIn(http, OPERATOR_TOKEN)
  const code = codeOf(http.server.loginPath())
  await postLogin(http, { token: code })
  secrets.push(
    { what: 'session', value: session.cookie.cookie.split('=')[1]! },
    { what: 'proof of a session', value: session.changing['x-truebook-csrf']! },
    { what: 'spent login code', value: code },
  )
  await http.server.fastify.inject({
    method: 'POST',
    url: '/v1/actions',
    headers: session.changing,
    payload: { verb: 'halt', scope: { kind: 'all' }, why: 'a test' },
  })
  const body = JSON.stringify(openSignal())
  const signed = signedHeaders(
    { name: 'trend-desk', secret: SIGNING_SECRET },
    { method: 'POST', path: '/v1/signals', body, at: http.now },
  )
  for (const payload of [body, `${body} `]) {
    const headers = { ...signed, 'content-type': 'application/json' }
    const answer = await http.server.fastify.inject({ method: 'POST', url: '/v1/signals', headers, payload })
    sources.push({ from: 'the answer to a signature', text: answer.body })
  }
  // A session and its proof are kept as digests and are nobody's to paste: they are used, and then looked for.
  for (const { what, value } of TOKENS) {
    for (const [index, slip] of slips(value).entries()) {
      http.now += 60_000
      const answer = await http.server.fastify.inject(slip)
      sources.push({ from: `answer ${index} to the ${what}`, text: JSON.stringify([answer.headers, answer.body]) })
    }
  }
  sources.push({ from: 'the log', text: http.logged.join('') }, ...(await storedIn(http)))
  sources.push({ from: 'the queue', text: JSON.stringify(http.enqueued) })
  assert.ok(http.logged.length > 100 && http.enqueued.length > 0)
  assert.deepEqual([...new Set(leaksIn(sources, secrets))], [])
  const planted = { from: 'a planted leak', text: `detail ${SIGNING_SECRET.slice(8, 24)}` }
  assert.notDeepEqual(leaksIn([planted], secrets), [])
})
