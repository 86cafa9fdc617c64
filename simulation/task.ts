/** What one run is told to live: a seed, or a short life that ends at one boundary. Small enough to send to another process. */
import { SHORT_LIVES } from './scenario/boundaries.ts'
import { type Scenario, scenarioOf } from './scenario/scenario.ts'

export type Task =
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'boundary'; readonly life: string; readonly boundary: number | null }

export function scenarioFor(task: Task): Scenario {
  if (task.kind === 'seed') return scenarioOf(task.seed)
  const life = SHORT_LIVES[task.life]
  if (life === undefined)
    throw new RangeError(`Expected one of ${Object.keys(SHORT_LIVES).join(', ')}, saw ${task.life}.`)
  return task.boundary === null ? life : { ...life, deadlyBoundaries: new Set([task.boundary]) }
}

/** How to live it again, for people. */
export function nameOf(task: Task): string {
  return task.kind === 'seed' ? `--seed ${task.seed}` : `--life ${task.life} --boundary ${task.boundary ?? 'none'}`
}
