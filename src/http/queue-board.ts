/** Bull Board at /queues: the queues and jobs of every stage at every site, for operators only, read-only unless the configuration says otherwise. */
import type { FastifyInstance } from 'fastify'
import type { Queue } from 'bullmq'

export interface QueueBoardTools {
  readonly queues: readonly Queue[]
  readonly writable: boolean
  readonly title: string
}

/** Mounts the board on a server scope that has authenticated the operator already. */
export async function queueBoard(server: FastifyInstance, tools: QueueBoardTools): Promise<void> {
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
