/** Bull Board at /queues: the queues and jobs of every stage at every site, read-only unless the configuration says otherwise, and then for operators only. */
import type { FastifyInstance } from 'fastify'
import type { Queue } from 'bullmq'
import { answering, type ErrorHandler, requireRole } from './authentication.ts'

export interface QueueBoardTools {
  readonly queues: readonly Queue[]
  readonly writable: boolean
  readonly title: string
  /** The board brings an error handler of its own; refusals are to speak as everywhere. */
  readonly answerError: ErrorHandler
}

/** Mounts the board on a server scope that lets people pass only. */
export async function queueBoard(server: FastifyInstance, tools: QueueBoardTools): Promise<void> {
  // The board has no roles of its own: it reads with GET and changes with everything else.
  const changing = answering(requireRole('operator'), tools.answerError)
  server.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') await changing(request, reply)
  })
  server.addHook('onRoute', (route) => {
    const access = [route.method].flat().every((method) => method === 'GET' || method === 'HEAD')
      ? 'viewer'
      : 'operator'
    // Its pages cannot send our header. Of its changes the browser's own word is asked, its cookie is Strict, and its bodies are JSON,
    // which no page elsewhere can send without a preflight that nobody answers.
    route.config = {
      ...route.config,
      operation: { summary: 'Bull Board', access, answers: {}, hidden: true, withoutCsrf: true },
    }
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
