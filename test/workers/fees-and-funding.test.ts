/** Group F of the failure catalogue at the workers: fees and funding are the venue's rows, each counted once and in its own coin. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CashRow } from '#brokers/broker.ts'
import { NOW, d } from '#test/domain/samples.ts'
import { readCash } from '#workers/cash.ts'
import { ACCOUNT, BOUGHT, EXIT, type TruthDesk, openTruthDesk, sold } from './truth-desk.ts'

const HOUR = 3_600_000
const FUNDING_AT = (Math.floor(NOW / HOUR) + 1) * HOUR

/** Lets the venue pay funding hourly, and tell these rows of it. */
function payFunding(desk: TruthDesk, rows: readonly CashRow[]): void {
  const { broker } = desk.tools.account(ACCOUNT)
  Object.assign(broker.capabilities, { fundingEveryMs: HOUR })
  Object.assign(broker, {
    listCash: async ({ from, through }: { from: number; through: number }) =>
      rows.filter(({ time }) => time >= from && time <= through),
  })
}

function funding(id: string, amount: string, time: number): CashRow {
  return { id, kind: 'funding', instrument: 'BTC-PERP', amount: d(amount), time }
}

test('F1: a fee that was taken in the coin traded shrinks neither the position nor its exit', async () => {
  await using desk = await openTruthDesk()
  await desk.hold({ state: 'closing', exit: { reason: 'signal', requestedAt: NOW, leg: 0 } })
  desk.venue.held = { 'BTC-PERP': '1' }
  desk.venue.fills = [{ ...BOUGHT, fee: d('0.001'), feeToken: 'BTC' }]
  await desk.monitor()
  assert.equal((await desk.position()).size, '1')
  await desk.close()
  const [exit] = desk.sent
  assert.equal(exit?.type === 'new-order' && exit.size, '1')
})

test('F3: funding of a position that was closed in parts is counted once, in its result and in the sums', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  const part = (n: number, size: string, start: string, time: number) => ({
    ...sold({ size: d(size), startPosition: d(start), closedPnl: d('5'), time }),
    fillId: `part-${n}`,
    venueOrderId: `order-${n}`,
    clientOrderId: n === 1 ? EXIT : null,
  })
  const rows = [funding('one', '-0.4', FUNDING_AT), funding('two', '-0.1', FUNDING_AT + HOUR)]
  payFunding(desk, [...rows, { ...funding('other', '-9', FUNDING_AT), instrument: 'ETH-PERP' }])
  desk.venue.fills = [
    BOUGHT,
    part(1, '0.5', '1', FUNDING_AT + 1000),
    part(2, '0.3', '0.5', FUNDING_AT + 2000),
    part(3, '0.2', '0.2', FUNDING_AT + HOUR + 1000),
  ]
  desk.clock.now = FUNDING_AT + HOUR + 2000
  await desk.readFills()
  const { broker } = desk.tools.account(ACCOUNT)
  for (let again = 0; again < 3; again++) {
    desk.clock.now += 1000
    await readCash(desk.tools, broker, desk.clock.now)
  }
  await desk.reconcile()
  await desk.reconcile()
  const { realised } = await desk.position()
  assert.deepEqual([realised?.gross, realised?.fees, realised?.funding, realised?.net], ['15', '0.4', '-0.5', '14.1'])
  assert.equal((await desk.book.load('cursors', ACCOUNT))?.row.sums.funding, '-9.5')
  const ledger = await desk.ledger()
  assert.deepEqual(
    ledger.map(({ kind, net }) => `${kind} ${net}`),
    ['funding -0.4', 'funding -9', 'funding -0.1', 'realised 14.6'],
  )
})

test('F4: an exit rebuilt from fills carries the fees of its fills, a rebate as a rebate, and none that we computed', async () => {
  await using desk = await openTruthDesk()
  await desk.hold()
  const exit = { clientOrderId: null, size: d('0.5'), closedPnl: d('5') }
  desk.venue.fills = [
    { ...BOUGHT, fee: d('0.045') },
    { ...sold({ ...exit, fee: d('-0.0055') }), fillId: 'maker' },
    { ...sold({ ...exit, startPosition: d('0.5'), fee: d('1.25') }), fillId: 'expensive', time: NOW + 3 },
  ]
  await desk.sweep()
  await desk.reconcile('sweep')
  const { realised, orphaned } = await desk.position()
  assert.deepEqual([orphaned, realised?.fees, realised?.net], [true, '1.2895', '8.7105'])
  assert.equal((await desk.book.load('cursors', ACCOUNT))?.row.sums.fees, '1.2895')
})
