/** Delivers everything again, to an empty Redis: every signal, every message that any row of the book can tell of, and two sweeps. */
import { setTimeout as delay } from 'node:timers/promises'
import {
  alertEnvelope,
  closeEnvelope,
  monitorEnvelope,
  placeEnvelope,
  precheckEnvelope,
  reconcileEnvelope,
  reversedRouteEnvelope,
  routeEnvelope,
} from '#domain/envelopes.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import type { Envelope } from '#domain/message.ts'
import { EVERY_ACCOUNT, sweepEnvelope } from '#queues/repeated-work.ts'
import type { BookRows } from './evidence.ts'
import { readAccounts, readBook } from './collect.ts'
import type { Ground } from './ground.ts'
import { leftToPeople, untilRest } from './rest.ts'
import type { Sender } from './sender.ts'

const SOURCE = 'storm-replay'
const SWEEPS = 2
const IDLE_PATIENCE_MS = 60_000

/** What changed in the book or at a venue because of it; empty as it must be. */
export async function replayAll(ground: Ground, sender: Sender): Promise<readonly string[]> {
  const before = await photograph(ground)
  await ground.redis.flush()
  const wrong = await sender.repeatAll()
  const { book } = ground.book
  const rows = await readBook(book, accountIds(ground))
  for (const envelope of messagesOf(rows, ground.now())) await ground.queue.enqueue(envelope)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    wrong.push(...(await untilIdle(ground)))
    await ground.queue.enqueue(sweepEnvelope(EVERY_ACCOUNT, 'demand', ground.now()))
  }
  wrong.push(...(await untilRest(ground, IDLE_PATIENCE_MS)))
  const after = await photograph(ground)
  for (const [id, content] of after) {
    const old = before.get(id)
    if (old === undefined) wrong.push(`${id} is new: ${content}`)
    else if (old !== content) wrong.push(`${id} was ${old}, is ${content}`)
  }
  for (const id of before.keys()) if (!after.has(id)) wrong.push(`${id} is gone`)
  return wrong
}

function accountIds({ seats }: Ground): string[] {
  return seats.map(({ id }) => id)
}

/** Every row that must stay as it is, as text. */
async function photograph(ground: Ground): Promise<ReadonlyMap<string, string>> {
  const [rows, accounts] = await Promise.all([readBook(ground.book.book, accountIds(ground)), readAccounts(ground)])
  const shots: [string, string][] = []
  const add = (kind: string, id: string, row: unknown): void => void shots.push([`${kind} ${id}`, JSON.stringify(row)])
  for (const row of rows.signals) add('signal', row.signalKey, row)
  for (const row of rows.routed) add('processed', row.idempotencyKey, row)
  for (const row of rows.positions) add('position', row.positionId, row)
  for (const row of rows.intents) add('intent', row.intentId, row)
  for (const row of rows.orders) add('order', row.clientOrderId, row)
  for (const row of rows.ledger) add('ledger', row.ledgerId, row)
  for (const row of rows.alerts) add('alert', row.alertId, row)
  for (const { id, truth } of accounts) {
    for (const order of truth.orders) add(`venue order of ${id}`, order.orderId, order)
    add('venue fills of', id, truth.fills)
  }
  return new Map(shots)
}

/** Messages of every stage that the rows tell of. */
function messagesOf(rows: BookRows, now: number): Envelope[] {
  const routed = new Set(rows.routed.map(({ idempotencyKey }) => idempotencyKey))
  const routes = rows.signals.flatMap(({ signalKey, accounts, positionIds }) =>
    positionIds.flatMap((positionId, index) => {
      const about = { positionId, account: accounts[index] ?? '' }
      const first = routeEnvelope(about, signalKey, SOURCE, now)
      const second = reversedRouteEnvelope(about, signalKey, now)
      // The second half of a reverse exists only where its first half made it.
      return routed.has(second.idempotency_key) ? [first, second] : [first]
    }),
  )
  const lives = rows.positions.flatMap((row) => {
    const legs = row.orders.filter(({ event }) => event === 'exit').length
    // What was adopted was never entered by us.
    const entered =
      row.adopted === undefined ? [precheckEnvelope(row, clientOrderIdOf(row.positionId, 'entry', 0), now)] : []
    return [
      ...entered,
      monitorEnvelope(row, SOURCE, now),
      reconcileEnvelope(row, SOURCE, now),
      ...Array.from({ length: legs + 1 }, (_, leg) => closeEnvelope(row, leg, SOURCE, now)),
    ]
  })
  const orders = rows.intents.map((intent) => placeEnvelope(intent, intent.intentId, SOURCE, now))
  const alerts = rows.alerts.map(({ alertId, account }) => alertEnvelope(alertId, account, now))
  return [...routes, ...lives, ...orders, ...alerts]
}

/** Until no queue has anything to do but what repeats; says what is still busy after a minute. */
async function untilIdle({ queue, book }: Ground): Promise<readonly string[]> {
  // Monitor and reconcile of each ask again and again for fills that may never come.
  const standing = (await leftToPeople(book.book)).size
  const deadline = performance.now() + IDLE_PATIENCE_MS
  for (;;) {
    const counts = await queue.counts()
    const busy = Object.entries(counts).filter(
      ([stage, count]) =>
        stage !== 'sweep' && stage !== 'guard' && count.waiting + count.active + count.delayed > 2 * standing,
    )
    if (busy.length === 0) return []
    if (performance.now() > deadline) return [`queues did not run empty: ${JSON.stringify(busy)}`]
    await delay(100)
  }
}
