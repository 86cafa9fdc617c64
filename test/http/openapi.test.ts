/** Every route says what it takes, answers and demands, and the published document is made of exactly that. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { publishedOpenApi } from '#http/published-openapi.ts'
import { bearer, SIGNAL_TOKEN, startHttp, VIEWER_TOKEN } from './http-fixture.ts'
import { startTarget } from './intruder/target.ts'

test('no route of the server is without a description (see src/http/operation.ts)', async () => {
  await using http = await startHttp()
  await http.server.fastify.ready()
  const silent = http.server.routes().filter(({ operation }) => operation === null)
  assert.deepEqual(
    silent.map(({ method, url }) => `${method} ${url}`),
    [],
  )
  assert.ok(http.server.routes().length > 15)
})

test('schema/openapi.json is current (else run scripts/generate-schemas.ts)', async () => {
  const committed = readFileSync(new URL('../../schema/openapi.json', import.meta.url), 'utf8')
  // Not assert.equal: two such documents are no message.
  assert.ok(committed === (await publishedOpenApi()), 'the committed document is not that of the routes')
})

test('a viewer reads the same document from the server; a signal sender does not', async () => {
  await using http = await startTarget()
  const ask = (token: string) => http.server.fastify.inject({ url: '/v1/openapi.json', headers: bearer(token) })
  const seen = (await ask(VIEWER_TOKEN)).body
  assert.ok(seen === (await publishedOpenApi()), `${seen.length} characters of another document`)
  assert.equal((await ask(SIGNAL_TOKEN)).statusCode, 403)
})

interface Document {
  readonly paths: Record<string, Record<string, DocumentedOperation>>
}
interface DocumentedOperation {
  readonly 'x-access': string
  readonly security: readonly object[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> }
  readonly responses: Record<string, object>
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[]
}

const DOCUMENT = JSON.parse(await publishedOpenApi()) as Document

function documented(method: string, path: string): DocumentedOperation {
  return DOCUMENT.paths[path]?.[method] ?? assert.fail(`${method} ${path} is not in the document`)
}

test('request schemas, parameters, answers, errors and security of a route are those of its code', () => {
  const signal = documented('post', '/v1/signals')
  assert.deepEqual(signal.security, [{ bearer: [] }, { session: [] }, { signature: [] }])
  assert.match(JSON.stringify(signal.requestBody), /"const":"open"/)
  assert.deepEqual(Object.keys(signal.responses), '200 202 400 401 403 409 413 415 429 503'.split(' '))
  const { parameters = [] } = documented('get', '/v1/positions')
  assert.deepEqual(
    parameters.map(({ name }) => name),
    ['state', 'account', 'limit'],
  )
  assert.deepEqual(documented('get', '/livez').security, [])
})

test('every path member is described, and every operation says what it answers', () => {
  for (const [path, operations] of Object.entries(DOCUMENT.paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const [method, { parameters = [], responses }] of Object.entries(operations)) {
      const members = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      assert.deepEqual(members, named, `${method} ${path}: path parameters`)
      assert.ok(
        Object.keys(responses).some((status) => status.startsWith('2')),
        `${method} ${path}: answers`,
      )
    }
  }
})

test('the role in the document is the role that is enforced', async () => {
  await using http = await startHttp()
  await http.server.fastify.ready()
  for (const { method, url, operation } of http.server.routes()) {
    if (operation?.access !== 'admin') continue
    const answer = await http.server.fastify.inject({ method: method as 'GET', url, headers: bearer(VIEWER_TOKEN) })
    assert.equal(answer.statusCode, 403, `${method} ${url}`)
  }
})
