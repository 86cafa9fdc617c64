/**
 * `GET /metrics` on a port of its own, for processes that serve nothing else. On this machine it is open unless a token is configured;
 * elsewhere the configuration demands one.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { isLoopbackHost } from '#config/scalars.ts'
import type { Secret } from '#config/secret.ts'
import { scrapeToken } from './scrape-token.ts'

export interface ListenerTerms {
  readonly registry: Registry
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly token: Secret | null
}

export interface MetricsListener extends AsyncDisposable {
  /** As bound, e.g. `http://127.0.0.1:9464/metrics`. */
  readonly url: string
}

const REQUEST_TIMEOUT_MS = 10_000

/** @throws the system's error when the port is taken */
export async function listenForScrapes(terms: ListenerTerms): Promise<MetricsListener> {
  const knows = scrapeToken(terms.token)
  const mayRead = (request: IncomingMessage): boolean => terms.token === null || knows(request.headers.authorization)
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    if (request.url !== '/metrics') end(response, 404, 'There is only /metrics here.')
    else if (request.method !== 'GET') end(response, 405, 'Expected GET.')
    else if (terms.token === null && !isNamedAsLocal(request))
      end(response, 403, 'Expected the host to be a name of this machine, or a token of metrics.')
    else if (!mayRead(request)) end(response, 401, 'Expected the bearer token of metrics, saw none or another.')
    else void answer(response, terms.registry)
  })
  server.listen(terms.port, terms.host)
  // Rejects with the error when the port cannot be had.
  await once(server, 'listening')
  // A metrics page is nothing to keep a process for.
  server.unref()
  const { address, family, port } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/metrics`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Open is open to this machine. A page in its browser that made its own name point here (DNS rebinding) still says that name. */
function isNamedAsLocal({ headers }: IncomingMessage): boolean {
  return isLoopbackHost((headers.host ?? '').toLowerCase().replace(/:\d+$/, ''))
}

async function answer(response: ServerResponse, registry: Registry): Promise<void> {
  try {
    const text = await registry.metrics()
    response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text)
  } catch (error) {
    end(response, 500, `The metrics could not be read (${(error as Error).name}).`)
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}
