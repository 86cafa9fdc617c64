/**
 * SIGKILL at every durable boundary of a signal's life. A real worker process dies before or after its n-th commit, another one
 * goes on: never a second order for an intent, never a lost position, never a PnL that is not the broker's.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STAGES } from '#domain/message.ts'
import { createLog } from '#telemetry/log.ts'
import { startTruebook } from '#compose.ts'
import { assertProven } from '#test/support/audit-proof.ts'
import { assertEqualsBroker } from '#test/support/broker-net.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'
import { runDoomed } from './run-doomed.ts'

/** More commits than one life makes; the boundary after the last shows that the enumeration was complete. */
const COMMITS_MAX = 16

async function liveAndDie(desk: Desk, fatal: number, moment: 'before' | 'after'): Promise<boolean> {
  const coin = `T${fatal}${moment === 'before' ? 'B' : 'A'}`
  await desk.installation.control.call('addInstrument', { name: coin, szDecimals: 2, maxLeverage: 20, markPx: '100' })
  const end = await runDoomed(desk, fatal, moment)
  const id = await desk.open(coin, { size: { type: 'contracts', value: '10' } })
  await desk.truebook.book.load('positions', id)
  await died(desk, id)
  const rescuer = startTruebook(
    desk.config,
    { stages: STAGES, api: false },
    { log: createLog({ level: 'error', secrets: [] }) },
  )
  const said = await end()
  const running = await rescuer
  try {
    await eventually(async () => ['open', 'closing', 'closed'].includes((await desk.position(id)).state), {
      what: 'the position to open',
    })
    await desk.close(coin)
    const closed = await desk.until(id, 'closed')
    assertEqualsBroker(closed, desk.oracle())
  } finally {
    await running.close(1000)
  }
  assertOneOrderPerIntent(desk)
  return said.includes('killed')
}

/** Gives the doomed worker the time to reach its commit, or to finish a life without reaching it. */
async function died(desk: Desk, id: Awaited<ReturnType<Desk['open']>>): Promise<void> {
  let closing = false
  const end = performance.now() + 2500
  while (performance.now() < end) {
    const row = (await desk.truebook.book.load('positions', id))?.row
    if (row?.state === 'open' && !closing) {
      closing = true
      await desk.close(row.instrument.replace('-PERP', ''))
    }
    if (row?.state === 'closed') return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function assertOneOrderPerIntent(desk: Desk): void {
  const cloids = desk.oracle().orders.flatMap(({ order }) => (order.cloid === null ? [] : [order.cloid]))
  assert.equal(new Set(cloids).size, cloids.length, 'a client order id stands at the venue once')
  assert.deepEqual(desk.oracle().positions, [], 'no exposure is left at the venue')
}

for (const moment of ['before', 'after'] as const) {
  test(`a worker killed ${moment} any commit loses nothing and doubles nothing`, async () => {
    await using desk = await openDesk({ role: { stages: [], api: false } })
    let reached = 0
    for (let fatal = 1; fatal <= COMMITS_MAX; fatal++) if (await liveAndDie(desk, fatal, moment)) reached = fatal
    assert.ok(reached >= 6, `at least six boundaries were hit, saw ${reached}`)
    assert.ok(reached < COMMITS_MAX, `every boundary was hit, the last was ${reached}`)
    await eventually(() => desk.working() === 0, { what: 'no order left at the venue' })
    await assertProven(desk.truebook.book, reached * 5)
  })
}
