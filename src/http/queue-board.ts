/** Bull Board at /queues: the queues and jobs of every stage at every site, read-only unless the configuration says otherwise, and then for admins only. */
import type { FastifyInstance } from 'fastify'
import type { Queue } from 'bullmq'
import { answering, type ErrorHandler, requireRole } from './authentication.ts'
import type { Role } from './callers.ts'

export interface QueueBoardTools {
  readonly queues: readonly Queue[]
  readonly writable: boolean
  readonly title: string
  /** The board brings an error handler of its own; refusals are to speak as everywhere. */
  readonly answerError: ErrorHandler
}

/** Mounts the board on a server scope that lets people pass only. */
export async function queueBoard(server: FastifyInstance, tools: QueueBoardTools): Promise<void> {
  server.addHook('onRequest', async (request, reply) => {
    const access = accessTo(request.method)
    await answering(requireRole(access), tools.answerError)(request, reply)
  })
  server.addHook('onRoute', (route) => {
    const [method = 'GET'] = [route.method].flat()
    // Its pages cannot send our header. Of its changes the browser's own word is asked, its cookie is Strict, and PUT, PATCH and a POST of
    // JSON from elsewhere need a preflight, which nobody here answers.
    const described = { summary: 'Bull Board', access: accessTo(method), answers: {}, hidden: true }
    route.config = { ...route.config, operation: { ...described, withoutCsrf: true } }
  })
  // Loaded here: a worker process or the CLI never pays for the board.
  const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/fastify'),
  ])
  const serverAdapter = new FastifyAdapter().setBasePath('/queues')
  createBullBoard({
    queues: tools.queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: !tools.writable })),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: tools.title,
        hideRedisDetails: true,
        hideDocsLink: true,
        // Each poll costs a CLIENT LIST a queue otherwise.
        showWorkers: false,
        pollingInterval: { showSetting: true },
      },
    },
  })
  await server.register(serverAdapter.registerPlugin(), { prefix: '/queues' })
}

/** The board has no roles of its own: it reads with GET. A paused queue of exits is a risk, and a retry is an admin's act elsewhere too. */
function accessTo(method: string): Role {
  return method === 'GET' || method === 'HEAD' ? 'viewer' : 'admin'
}
