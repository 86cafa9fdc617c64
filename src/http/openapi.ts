/** The OpenAPI 3.1 document, made from the routes as they are registered: what a route does not say of itself is not in it. */
import type { FastifyInstance, RouteOptions } from 'fastify'
import { z } from 'zod'
import { bookRow, errorAnswer } from './answers.ts'
import type { ErrorCode } from './wire.ts'
import { STATUS } from './http-error.ts'
import { operation, type Operation } from './operation.ts'

/** One registered route; `operation` null: it says nothing of itself, which a test refuses. */
export interface RegisteredRoute {
  readonly method: string
  readonly url: string
  readonly operation: Operation | null
}

/** Watches a server register its routes; call it before the first. The list is complete once the server is ready. */
export function watchRoutes(server: FastifyInstance): () => readonly RegisteredRoute[] {
  const seen: RouteOptions[] = []
  server.addHook('onRoute', (route) => void seen.push(route))
  return () =>
    seen.flatMap((route) =>
      [route.method].flat().map((method) => ({ method, url: route.url, operation: route.config?.operation ?? null })),
    )
}

type Json = Readonly<Record<string, unknown>>

/** The document over all routes that are meant for programmes. */
export function openApiOf(routes: readonly RegisteredRoute[]): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { method, url, operation: described } of routes) {
    // Fastify answers HEAD wherever it answers GET.
    if (described === null || described.hidden || method === 'HEAD') continue
    const path = url.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(described) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Truebook',
      version: '1',
      description:
        'Signals in, the book out, operator actions. Amounts are exact decimals in strings, instants are ms since epoch. ' +
        'Repeating a request is safe wherever it has an id of its own.',
    },
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components: { schemas: { Error: jsonSchema(errorAnswer, 'output') }, securitySchemes: SECURITY_SCHEMES },
  }
}

/** As committed and as answered. */
export function openApiText(routes: readonly RegisteredRoute[]): string {
  return `${JSON.stringify(openApiOf(routes), null, 2)}\n`
}

/** `GET /v1/openapi.json` */
export function openApiRoute(server: FastifyInstance, routes: () => readonly RegisteredRoute[]): void {
  const described = operation({
    summary: 'This document',
    access: 'viewer',
    answers: { 200: { what: 'OpenAPI 3.1.', schema: bookRow } },
  })
  server.get('/v1/openapi.json', described, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(openApiText(routes())),
  )
}

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A signal token, or the token of a person.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-truebook',
    description:
      'A browser session (named "truebook" where plain HTTP serves this machine only). Changes also need the header x-truebook-csrf with the value of GET /v1/session.',
  },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'x-truebook-signature',
    description:
      'Signal senders with an hmac_secret: "v1=" and the hex HMAC-SHA256 of "v1\\n<timestamp>\\n<METHOD>\\n<path and query>\\n<hex SHA-256 of the body>". ' +
      'Sent with x-truebook-key (the name of the sender) and x-truebook-timestamp (ms since epoch, at most 5 minutes off).',
  },
}

function operationObject(described: Operation): Json {
  const { summary, access, query, body, bodyType = 'application/json' } = described
  const parameters = [...pathParameters(described), ...(query === undefined ? [] : queryParameters(query))]
  return {
    summary,
    'x-access': access,
    security: securityOf(access),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { [bodyType]: { schema: jsonSchema(body, 'input') } } },
    }),
    responses: { ...answersOf(described), ...errorsOf(described) },
  }
}

function securityOf(access: Operation['access']): readonly Json[] {
  if (access === 'public') return []
  return [{ bearer: [] }, { session: [] }, ...(access === 'signals' ? [{ signature: [] }] : [])]
}

function pathParameters({ path = {} }: Operation): readonly Json[] {
  return Object.entries(path).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }))
}

function queryParameters(query: z.ZodType): readonly Json[] {
  const schema = jsonSchema(query, 'input')
  const required = (schema['required'] ?? []) as readonly string[]
  return Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(([name, member]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: member,
  }))
}

function answersOf({ answers }: Operation): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { what, schema, type = 'application/json' }]) => [
      status,
      {
        description: what,
        ...(type !== null && {
          content: { [type]: schema === undefined ? {} : { schema: jsonSchema(schema, 'output') } },
        }),
      },
    ]),
  )
}

const MEANING: Readonly<Partial<Record<ErrorCode, string>>> = {
  invalid: 'The request is wrong; the error names path, expected and seen.',
  unauthorized: 'No known token, session or signature.',
  forbidden: 'Known, but not allowed to do this.',
  not_found: 'There is no such thing.',
  conflict: 'It stands otherwise in the book; nothing was changed.',
  too_large: 'The body is larger than 64 KiB.',
  unsupported_media_type: 'The body is of another type.',
  too_many_requests: 'More than allowed in this minute.',
  unavailable: 'The book or the queue does not answer: nothing was acknowledged. Send the same request again.',
}

function errorsOf({ access, query, body, errors = [] }: Operation): Json {
  const codes = new Set<ErrorCode>(errors)
  if (query !== undefined || body !== undefined) codes.add('invalid')
  if (body !== undefined) for (const code of ['too_large', 'unsupported_media_type'] as const) codes.add(code)
  if (access !== 'public') {
    for (const code of ['unauthorized', 'forbidden', 'too_many_requests', 'unavailable'] as const) codes.add(code)
  }
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
  return Object.fromEntries(
    [...codes]
      .map((code): [number, Json] => [STATUS[code], { description: MEANING[code] ?? 'A failure inside.', content }])
      .toSorted(([a], [b]) => a - b),
  )
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
