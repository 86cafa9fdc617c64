/** A process that lives the worlds its parent names, one after another, and says what became of each. */
import './kernel/virtual-time.ts'
import type { Outcome } from './scenario/run-scenario.ts'
import type { Task } from './task.ts'

/** What a runner answers; `failure` is a world that could not be lived to its end: a defect of the simulation or of ours. */
export type Report = { readonly task: Task } & ({ readonly outcome: Outcome } | { readonly failure: string })

const { runScenario } = await import('./scenario/run-scenario.ts')
const { scenarioFor } = await import('./task.ts')

async function live(task: Task): Promise<Report> {
  try {
    return { task, outcome: await runScenario(scenarioFor(task)) }
  } catch (error) {
    return { task, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.on('disconnect', () => process.exit(0))
let last = Promise.resolve()
process.on('message', (task: Task) => {
  last = last.then(async () => void process.send?.(await live(task)))
})
