/** A server with every route it can have, and what an intruder knows of it: its routes, as the server itself lists them. */
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { connect, type AddressInfo } from 'node:net'
import { Secret } from '#config/secret.ts'
import type { Operation } from '#http/operation.ts'
import type { ServerDependencies } from '#http/server.ts'
import { type HttpFixture, startHttp } from '#test/http/http-fixture.ts'

export const SCRAPE_TOKEN = 'scrape-token-of-a-test-0123456789'

export interface Target {
  readonly method: NonNullable<InjectOptions['method']>
  /** Pattern, e.g. `/v1/positions/:id`. */
  readonly pattern: string
  /** An address of that pattern. */
  readonly url: string
  readonly operation: Operation
}

/** Also with metrics, which the plain fixture has not. */
export async function startTarget(changes: Partial<ServerDependencies> = {}): Promise<HttpFixture> {
  const http = await startHttp({
    metrics: {
      contentType: 'text/plain',
      text: async () => 'truebook_up 1\n',
      token: new Secret(SCRAPE_TOKEN),
      http: { answered: () => {} },
    },
    ...changes,
  })
  await http.server.fastify.ready()
  return http
}

/** Every route; a silent one fails the test of openapi.test.ts. */
export function targetsOf(http: HttpFixture): Target[] {
  return http.server.routes().flatMap(({ method, url, operation }) =>
    operation === null
      ? []
      : [
          {
            method,
            pattern: url,
            url: url.replaceAll(/:\w+|\*/g, 'x'),
            operation,
          },
        ],
  )
}

/** Those that change something, for people. */
export function changesOf(http: HttpFixture): Target[] {
  return targetsOf(http).filter(
    ({ method, operation }) => method !== 'GET' && method !== 'HEAD' && operation.access !== 'public',
  )
}

export async function attempt(
  http: HttpFixture,
  { method, url }: Pick<Target, 'method' | 'url'>,
  headers: Readonly<Record<string, string>>,
  payload?: object,
): Promise<LightMyRequestResponse> {
  return await http.server.fastify.inject({ method, url, headers, ...(payload !== undefined && { payload }) })
}

/** What an intruder must never change. */
export async function stateOf({ book, enqueued }: HttpFixture): Promise<unknown> {
  const kinds = ['signals', 'outbox', 'control', 'audit', 'processed', 'accounts', 'alerts'] as const
  const rows = await Promise.all(kinds.map(async (kind) => (await book.list(kind, {}).catch(() => [])).length))
  return [rows, enqueued.length]
}

/** Listens on this machine; the port. */
export async function listen(http: HttpFixture): Promise<number> {
  await http.server.fastify.listen({ host: '127.0.0.1', port: 0 })
  return (http.server.fastify.server.address() as AddressInfo).port
}

/** Sends bytes that no library would, and everything that comes back until the server hangs up. */
export async function exchange(port: number, text: string, { andEnd = true } = {}): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  let answer = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    answer += part
  })
  // A reset by the server is an answer too.
  socket.on('error', () => {})
  if (andEnd) socket.end(text)
  else socket.write(text)
  await new Promise((resolve) => socket.once('close', resolve))
  return answer
}

/** A request line and headers as bytes; the connection ends after it. */
export function rawRequest(line: string, headers: Readonly<Record<string, string>> = {}, body = ''): string {
  const all = { host: '127.0.0.1', connection: 'close', ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [`${line} HTTP/1.1`, ...lines, '', body].join('\r\n')
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}
