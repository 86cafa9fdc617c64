/** A collector of traces on this machine: takes OTLP over HTTP with JSON and keeps the spans as plain records. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as it was received; times in ms. */
export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly name: string
  readonly startedAt: number
  readonly endedAt: number
  readonly failed: boolean
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
}

export interface Collector extends AsyncDisposable {
  readonly url: string
  readonly spans: CollectedSpan[]
  /** Everything received, as it came. */
  readonly bodies: string[]
  readonly headers: IncomingHttpHeaders[]
  /** Status of the answers from now on; `null`: requests get none at all. */
  status: number | null
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const bodies: string[] = []
  const headers: IncomingHttpHeaders[] = []
  const answer = { status: 200 as number | null }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      headers.push(request.headers)
      if (answer.status === null) return
      if (answer.status === 200 && request.url === '/v1/traces') {
        bodies.push(body)
        spans.push(...spansOf(JSON.parse(body) as Export))
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    headers,
    get status() {
      return answer.status
    },
    set status(status) {
      answer.status = status
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

type Value = Readonly<Record<string, unknown>>
interface Attribute {
  readonly key: string
  readonly value: Value
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[]
  }[]
}
interface WireSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code?: number }
  readonly attributes: readonly Attribute[]
}

function spansOf(sent: Export): CollectedSpan[] {
  return sent.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) => scope.spans.map((span) => spanOf(span, attributesOf(resource.attributes)))),
  )
}

function spanOf(span: WireSpan, resource: CollectedSpan['resource']): CollectedSpan {
  const ms = (nanos: string): number => Number(BigInt(nanos) / 1000n) / 1000
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId === undefined || span.parentSpanId === '' ? null : span.parentSpanId,
    name: span.name,
    startedAt: ms(span.startTimeUnixNano),
    endedAt: ms(span.endTimeUnixNano),
    failed: span.status.code === 2,
    attributes: attributesOf(span.attributes),
    resource,
  }
}

function attributesOf(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
