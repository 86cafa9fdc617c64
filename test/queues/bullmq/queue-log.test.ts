/** A storm of equal lines becomes a few lines and a count. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RateLimitedLog } from '#queues/bullmq/queue-log.ts'
import { recordLog } from './messages.ts'

test('a storm passes five lines, then one per window with what was held back', () => {
  const record = recordLog()
  let now = 0
  const log = new RateLimitedLog(record, () => now)
  for (let index = 0; index < 1_000; index += 1) log.write('warn', { index }, 'storm')
  assert.equal(record.lines.length, 5)
  log.write('warn', {}, 'other')
  assert.equal(record.lines.length, 6)
  now = 10_000
  log.write('error', { index: 'late' }, 'storm')
  assert.deepEqual(record.lines.at(-1), {
    level: 'error',
    fields: { index: 'late', suppressed: 995 },
    message: 'storm',
  })
  now = 30_000
  log.write('warn', {}, 'storm')
  assert.deepEqual(record.lines.at(-1)?.fields, {})
})

test('kinds are bounded: ever new messages do not grow memory and still pass', () => {
  const record = recordLog()
  const log = new RateLimitedLog(record, () => 0)
  for (let index = 0; index < 5_000; index += 1) log.write('info', {}, `kind ${index}`)
  assert.equal(record.lines.length, 5_000)
})
