/** A worker tells its own numbers on a port of its own, and trades on where it cannot have that port. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { STAGES } from '#domain/message.ts'
import { createLog } from '#telemetry/log.ts'
import { openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'

const WORKER = { stages: STAGES, api: false }

function capture() {
  const lines: Record<string, unknown>[] = []
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>)
  return { lines, log: createLog({ level: 'info', secrets: [], destination: { write } }) }
}

/** Sum of the series of a metric whose labels match. */
function sumOf(page: string, name: string, labels: RegExp): number {
  const series = [...page.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\S+)$`, 'gm'))]
  return series.reduce((sum, [, of = '', value]) => (labels.test(of) ? sum + Number(value) : sum), 0)
}

test('a worker tells what it did with a position, and nothing of the book', async () => {
  const { lines, log } = capture()
  await using desk = await openDesk({ role: WORKER, config: { metrics: { port: 0 } }, log })
  const url = String(lines.find(({ msg }) => msg === 'metrics are served')?.['url'])
  const page = async (): Promise<string> => await (await fetch(url)).text()
  const id = await desk.open('BTC')
  await desk.until(id, 'open')
  await desk.close('BTC')
  await desk.until(id, 'closed')
  // The signal's time is read beside the order, so its measurement may come a moment later.
  const seen = await eventually(
    async () => {
      const text = await page()
      return sumOf(text, 'truebook_signal_to_first_byte_seconds_count', /signal="open"/) === 1 && text
    },
    { what: 'the measurement of the entry' },
  )
  for (const stage of ['route', 'precheck', 'place', 'close', 'reconcile']) {
    assert.ok(sumOf(seen, 'truebook_stage_run_seconds_count', new RegExp(`stage="${stage}",result="done"`)) >= 1, stage)
    assert.ok(sumOf(seen, 'truebook_job_wait_seconds_count', new RegExp(`stage="${stage}"`)) >= 1, stage)
  }
  for (const event of ['entry', 'exit']) {
    assert.equal(sumOf(seen, 'truebook_first_byte_to_ack_seconds_count', new RegExp(`event="${event}"`)), 1, event)
  }
  assert.equal(sumOf(seen, 'truebook_signals_decided_total', /result="done",gate=""/), 2)
  assert.ok(sumOf(seen, 'truebook_venue_requests_total', /endpoint="\/exchange",outcome="2xx"/) >= 2)
  assert.ok(sumOf(seen, 'truebook_venue_budget_left', /account="desk",budget="weight"/) > 0)
  assert.equal(sumOf(seen, 'truebook_venue_stream_up', /account="desk"/), 1)
  assert.match(seen, /^truebook_redis_connected 1$/m)
  assert.match(seen, /^truebook_build_info\{.*role="worker".*\} 1$/m)
  assert.doesNotMatch(seen, /truebook_book_up|truebook_queue_jobs|pos-[0-9a-f]{32}/)
})

test('a port that another process has costs the page, not the trading', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  try {
    const { lines, log } = capture()
    const { port } = other.address() as AddressInfo
    await using desk = await openDesk({ role: WORKER, config: { metrics: { port } }, log })
    assert.ok(lines.some(({ level, msg }) => level === 'error' && String(msg).startsWith('metrics are not served')))
    await desk.until(await desk.open('ETH'), 'open')
  } finally {
    other.close()
    await once(other, 'close')
  }
})
