/** Lives many worlds on several processes. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { endWithUs } from '#embedded/end-with-us.ts'
import type { Report } from './runner.ts'
import type { Task } from './task.ts'

/** Tasks that one runner has at once: it never waits for its parent. */
const AHEAD = 2

/** Every task on `jobs` processes; `told` hears each report as it comes, in no order. @throws when a runner ends by itself */
export async function liveAll(tasks: readonly Task[], jobs: number, told: (report: Report) => void): Promise<void> {
  const queue = tasks.values()
  await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, async () => await serve(queue, told)))
}

async function serve(queue: IterableIterator<Task>, told: (report: Report) => void): Promise<void> {
  const runner = fork(join(import.meta.dirname, 'runner.ts'))
  endWithUs(runner, 'SIGKILL')
  const ended = once(runner, 'exit').then(([code, signal]) => {
    throw new Error(`Expected a runner to live its worlds, saw it end with ${String(code ?? signal)}.`)
  })
  ended.catch(() => undefined)
  try {
    await Promise.race([allOf(queue, runner, told), ended])
  } finally {
    runner.kill('SIGKILL')
  }
}

function allOf(queue: IterableIterator<Task>, runner: ChildProcess, told: (report: Report) => void): Promise<void> {
  return new Promise((resolve) => {
    let open = 0
    const next = (): void => {
      const { value: task } = queue.next()
      if (task !== undefined) {
        open += 1
        runner.send(task)
      } else if (open === 0) resolve()
    }
    runner.on('message', (report: Report) => {
      open -= 1
      told(report)
      next()
    })
    for (let index = 0; index < AHEAD; index += 1) next()
  })
}
