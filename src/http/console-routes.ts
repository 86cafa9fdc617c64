/**
 * The console's page and files. They hold nothing of the book, so everybody may load them; what they show comes from `/v1` and needs a
 * session.
 */
import type { FastifyInstance } from 'fastify'
import { type ConsoleBundle, bundleConsole } from './console-bundle.ts'
import { HttpError } from './http-error.ts'
import { operation } from './operation.ts'

const PAGE = operation({ summary: "The operator's console", access: 'public', answers: {}, hidden: true })

/** `GET /`, `/favicon.ico` and `/assets/:name`. */
export function consoleRoutes(server: FastifyInstance, { mode }: { readonly mode: 'paper' | 'live' }): void {
  let bundle: Promise<ConsoleBundle> | null = null
  const bundled = (): Promise<ConsoleBundle> => {
    bundle ??= bundleConsole(mode).catch((error: unknown) => {
      // The next request tries again.
      bundle = null
      throw error
    })
    return bundle
  }
  server.get('/', PAGE, async (_request, reply) => {
    const { page } = await bundled()
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page)
  })
  // Browsers ask for it where a page names none, such as the login page.
  server.get('/favicon.ico', PAGE, async (_request, reply) => {
    const { icon } = await bundled()
    return reply.header('cache-control', 'public, max-age=3600').type(icon.type).send(icon.body)
  })
  server.get<{ Params: { name: string } }>('/assets/:name', PAGE, async (request, reply) => {
    const asset = (await bundled()).assets.get(request.params.name)
    if (asset === undefined) throw new HttpError('not_found', 'There is nothing at this address; reload the console.')
    return reply.header('cache-control', 'public, max-age=31536000, immutable').type(asset.type).send(asset.body)
  })
}
