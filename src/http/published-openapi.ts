/** The OpenAPI document without a running Truebook: a server that only registers its routes, on parts that are never asked. */
import { randomBytes } from 'node:crypto'
import { Secret } from '#config/secret.ts'
import { openApiText } from './openapi.ts'
import { createHttpServer, type ServerDependencies } from './server.ts'

/** Text of schema/openapi.json, as committed. */
export async function publishedOpenApi(): Promise<string> {
  // Registering a route only passes its tools on. The token is nobody's: this server never listens.
  const parts = {
    queues: [],
    metrics: { token: null },
    accountIds: [],
    tokens: {
      operators: [{ name: 'nobody', role: 'admin', token: new Secret(randomBytes(32).toString('hex')) }],
      signals: [],
    },
    settings: {
      mode: 'paper',
      queuesWritable: false,
      requestsPerMinute: 1,
      tls: null,
      behindProxy: false,
      host: '127.0.0.1',
      publicUrl: null,
    },
  } as unknown as ServerDependencies
  const server = await createHttpServer(parts)
  try {
    await server.fastify.ready()
    return openApiText(server.routes())
  } finally {
    await server.fastify.close()
  }
}
