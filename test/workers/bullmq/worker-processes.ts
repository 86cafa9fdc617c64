/** Worker processes of a test, to be killed: started, listened to, ended. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { eventually } from '#test/support/eventually.ts'
import type { WorkerReport } from './worker-process.ts'

const PROGRAM = new URL('./worker-process.ts', import.meta.url)

export interface WorkerProcess {
  readonly processId: number
  readonly reports: readonly WorkerReport[]
  started(key: string): Promise<WorkerReport>
  /** SIGKILL; answers when, ms. Safe to call twice. */
  kill(): Promise<number>
}

/** Starts one and waits until it works; the arguments are those of worker-process.ts. */
export async function startWorkerProcess(...args: readonly string[]): Promise<WorkerProcess> {
  const reports: WorkerReport[] = []
  const child = fork(PROGRAM, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.on('message', (message) => reports.push(message as WorkerReport))
  const find = (event: WorkerReport['event'], key?: string): WorkerReport | undefined =>
    reports.find((report) => report.event === event && report.key === key)
  await eventually(() => find('ready'), { what: 'a worker process that is ready' })
  return {
    processId: child.pid ?? 0,
    reports,
    started: (key) => eventually(() => find('started', key), { what: `a start of ${key}` }),
    async kill() {
      const at = Date.now()
      if (child.exitCode !== null || child.signalCode !== null) return at
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      return at
    },
  }
}
