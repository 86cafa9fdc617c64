/** The simulation itself: the same seed is the same run to the last event, and some worlds of each kind keep every promise. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { liveAll } from '#simulation/many.ts'
import type { Report } from '#simulation/runner.ts'
import type { Task } from '#simulation/task.ts'

const SEEDS = Array.from({ length: 24 }, (_, index): Task => ({ kind: 'seed', seed: 9_000_001 + index }))

async function live(tasks: readonly Task[]): Promise<Map<string, Report>> {
  const reports = new Map<string, Report>()
  const told = (report: Report): void => void reports.set(JSON.stringify(report.task), report)
  await liveAll(tasks, { jobs: 2, told })
  return reports
}

function digests(reports: ReadonlyMap<string, Report>): string[] {
  return [...reports].map(([task, report]) => `${task} ${'outcome' in report ? report.outcome.digest : report.failure}`)
}

test('the same seed is the same run, to the last event, in whatever process and order it is lived', async () => {
  const forwards = await live(SEEDS)
  const backwards = await live(SEEDS.toReversed())
  assert.deepEqual(digests(forwards).toSorted(), digests(backwards).toSorted())
  assert.equal(new Set(digests(forwards)).size, SEEDS.length)
  for (const report of forwards.values()) {
    assert.ok('outcome' in report, 'failure' in report ? report.failure : '')
    assert.deepEqual(report.outcome.breaches, [])
  }
})

test('a world is busy: processes die in it, orders land, positions end with a result', async () => {
  const reports = [...(await live(SEEDS)).values()].flatMap((report) => ('outcome' in report ? [report.outcome] : []))
  const sum = (count: (outcome: (typeof reports)[number]) => number): number =>
    reports.reduce((total, outcome) => total + count(outcome), 0)
  assert.ok(sum(({ deaths }) => deaths) > 0, 'deaths')
  assert.ok(sum(({ counts }) => counts['orders'] ?? 0) > SEEDS.length, 'orders')
  assert.ok(sum(({ counts }) => counts['traded'] ?? 0) > 0, 'results')
  assert.ok(sum(({ counts }) => counts['orphans'] ?? 0) > 0, 'orphans')
})
