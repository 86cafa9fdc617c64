/** A short storm on the real parts keeps every promise. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runStorm } from '#storm/run-storm.ts'

test('45 seconds of storm on the embedded book: nothing lost, nothing doubled, drift 0', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'truebook-storm-test-'))
  const ended = new AbortController()
  t.signal.addEventListener('abort', () => ended.abort(new Error('The test was ended.')))
  const { breaches, measures } = await runStorm({
    dir,
    seed: 4,
    lengthMs: 45_000,
    book: 'embedded',
    signalsPerSecond: 1.5,
    everyMs: 1_500,
    workers: 2,
    tell: () => undefined,
    ended: ended.signal,
  })
  assert.deepEqual(breaches, [], `see ${dir}`)
  assert.equal(measures.signals.lost, 0)
  assert.ok(measures.positions.compared > 0, 'positions were opened, closed and compared')
  rmSync(dir, { recursive: true, force: true })
})
