/** The yardstick: plain BullMQ queues in a row with processors that do nothing but add the next job. */
import { Queue, Worker } from 'bullmq'

export interface Chain extends AsyncDisposable {
  /** Sends one job through the whole chain; resolves when the last stage has processed it. */
  run(id: string): Promise<void>
}

/** `last` is what the last stage does; default nothing. */
export async function openBareChain(
  redisUrl: string,
  stages: number,
  last: (id: string) => Promise<void> = async () => undefined,
): Promise<Chain> {
  const { hostname: host, port } = new URL(redisUrl)
  const connection = { host, port: Number(port), maxRetriesPerRequest: null }
  const names = Array.from({ length: stages }, (_, index) => `bare-${stages}-${index}`)
  const queues = names.map(
    (name) =>
      new Queue(name, {
        connection,
        defaultJobOptions: { removeOnComplete: { age: 3600, count: 20_000 }, attempts: 3 },
      }),
  )
  const waiting = new Map<string, () => void>()
  const workers = names.map(
    (name, index) =>
      new Worker(
        name,
        async (job) => {
          const id = String(job.id)
          const next = queues[index + 1]
          if (next !== undefined) await next.add('job', job.data, { jobId: id })
          else {
            await last(id)
            waiting.get(id)?.()
            waiting.delete(id)
          }
        },
        { connection, concurrency: 50 },
      ),
  )
  await Promise.all(workers.map((worker) => worker.waitUntilReady()))
  return {
    async run(id) {
      const done = new Promise<void>((resolve) => waiting.set(id, resolve))
      await queues[0]?.add('job', { payload: 'x'.repeat(300) }, { jobId: id })
      await done
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.close()))
      await Promise.all(queues.map((queue) => queue.close()))
    },
  }
}
