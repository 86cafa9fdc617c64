/** Lives many worlds on several processes. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { endWithUs } from '#embedded/end-with-us.ts'
import type { Report } from './runner.ts'
import type { Task } from './task.ts'

/** Tasks that one runner has at once: it never waits for its parent. */
const AHEAD = 2

/** How many worlds are lived side by side, and who hears of them. */
export interface Crew {
  readonly jobs: number
  /** Hears each report as it comes, in no order; `enough` ends all of it early. */
  readonly told: (report: Report) => 'enough' | undefined | void
  /** Environment of the runners; default ours. */
  readonly env?: NodeJS.ProcessEnv
}

/** Lives every task. @throws when a runner ends by itself */
export async function liveAll(tasks: readonly Task[], crew: Crew): Promise<void> {
  const queue = tasks.values()
  await Promise.all(Array.from({ length: Math.min(crew.jobs, tasks.length) }, async () => await serve(queue, crew)))
}

async function serve(queue: IterableIterator<Task>, { told, env = process.env }: Crew): Promise<void> {
  const runner = fork(join(import.meta.dirname, 'runner.ts'), { env })
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

function allOf(queue: IterableIterator<Task>, runner: ChildProcess, told: Crew['told']): Promise<void> {
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
      if (told(report) === 'enough') for (; queue.next().done !== true;);
      next()
    })
    for (let index = 0; index < AHEAD; index += 1) next()
  })
}
