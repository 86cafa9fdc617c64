/** A quiet simulation proves little: faults that are planted in the real code must break a promise within some worlds. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { liveAll } from '#simulation/many.ts'
import type { Task } from '#simulation/task.ts'

const ROOT = dirname(dirname(import.meta.dirname))
/** Worlds within which a fault must show. */
const WORLDS = 400

interface Planted {
  readonly name: string
  readonly file: string
  /** Text that stands once in the file. */
  readonly find: string
  readonly replace: string
  /** The promise that it breaks. */
  readonly breaks: string
}

const PLANTED: readonly Planted[] = [
  {
    name: 'an unknown outcome is taken for a refusal',
    file: 'src/workers/submit.ts',
    find: '  return await resolveRequest({ ...base.row, request }, tools)\n',
    replace:
      "  return { kind: 'rejected', reason: 'timeout', evidence: { kind: 'not-sent', at: tools.now(), detail: 'timeout' } }\n",
    breaks: 'proven-states',
  },
  {
    name: 'a fill that was counted before counts again',
    file: 'src/workers/account-view.ts',
    find: '    if (rows[index] === null) return true\n',
    replace: '    if (rows[index] !== undefined) return true\n',
    breaks: 'equity-explained',
  },
  {
    name: 'what comes after a position whose entry was held back is owed twice in one commit',
    file: 'src/workers/conclude.ts',
    find: '[...alert.next, position.row.afterClose]',
    replace: '[...alert.next, position.row.afterClose, position.row.afterClose]',
    breaks: 'rest',
  },
  {
    name: 'fills that the venue stamped ahead of our clock are left out',
    file: 'src/domain/clock-offset.ts',
    find: 'export const VENUE_AHEAD_MS = 60_000',
    replace: 'export const VENUE_AHEAD_MS = 0',
    breaks: 'equity-explained',
  },
  {
    name: 'work that a crash left owed is queued by nobody',
    file: 'src/workers/requeue.ts',
    find: 'if (await tools.queue.ensure(',
    replace: 'if (await Promise.resolve(false) && await tools.queue.ensure(',
    breaks: 'rest',
  },
  {
    name: 'fees are left out of the result',
    file: 'src/domain/closing.ts',
    find: '    net: toDecimalString(decimal(episode.grossVenue).minus(fees).plus(fundingSum)),',
    replace: '    net: episode.grossVenue,',
    breaks: 'true-pnl',
  },
  {
    name: 'entries look at the switch of everything only, not at those of accounts and strategies',
    file: 'src/domain/control.ts',
    find: "return [GLOBAL, controlIdOf({ kind: 'account', account }), controlIdOf({ kind: 'strategy', strategy })]",
    replace: 'return [GLOBAL]',
    breaks: 'gates',
  },
  {
    name: 'a position that an operator ignores is judged like any other, and its lock lifted',
    file: 'src/domain/comparison.ts',
    find: 'return [...moving, ...standing]',
    replace: 'return moving',
    breaks: 'alerts',
  },
]

for (const fault of PLANTED) {
  test(`planted: ${fault.name}`, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'truebook-planted-'))
    try {
      const trace = join(dir, 'loaded')
      const broken = await promisesBroken(fault, trace)
      assert.ok(existsSync(trace), 'the file with the fault was loaded')
      assert.ok(
        broken.has(fault.breaks),
        `expected ${fault.breaks} to break, saw ${[...broken].join(', ') || 'nothing'}`,
      )
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
}

/** Names of the promises that broke, until the expected one did. */
async function promisesBroken({ file, find, replace, breaks }: Planted, trace: string): Promise<ReadonlySet<string>> {
  const url = pathToFileURL(join(ROOT, file)).href
  const loader = pathToFileURL(join(ROOT, 'test/catalogue/mutant-loader.mjs')).href
  const env = {
    ...process.env,
    TRUEBOOK_MUTANT: JSON.stringify({ url, find, replace, trace }),
    NODE_OPTIONS: `--import ${loader}`,
  }
  const tasks = Array.from({ length: WORLDS }, (_, index): Task => ({ kind: 'seed', seed: index + 1 }))
  const broken = new Set<string>()
  await liveAll(tasks, {
    jobs: 1,
    env,
    told: (report) => {
      for (const { invariant } of 'outcome' in report ? report.outcome.breaches : []) broken.add(invariant)
      return broken.has(breaks) ? 'enough' : undefined
    },
  })
  return broken
}
