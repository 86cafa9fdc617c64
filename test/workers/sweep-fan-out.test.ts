/** A sweep of every account is one sweep of each: an account whose venue does not answer keeps no other one waiting. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Envelope } from '#domain/message.ts'
import { EVERY_ACCOUNT, sweepEnvelope } from '#queues/repeated-work.ts'
import { sweepAccounts } from '#workers/sweep.ts'
import { owed } from '#workers/writes.ts'
import { monitorEnvelope } from '#domain/envelopes.ts'
import { POSITION } from '#test/domain/samples.ts'
import { ACCOUNT, openTruthDesk } from './truth-desk.ts'

test('it puts back what is owed and asks for a sweep of each account, without asking any venue', async () => {
  await using desk = await openTruthDesk()
  for (const read of ['readAccount', 'listOpenOrders', 'listFills'] as const) desk.venue.down.add(read)
  const { book, tools, clock } = desk
  const debt = monitorEnvelope({ positionId: POSITION, account: ACCOUNT }, 'test', clock.now)
  // Older than a commit takes on its way into a queue.
  await book.commit(owed([debt], clock.now - 60_000))
  const ensured: Envelope[] = []
  const queue = { ...tools.queue, ensure: async (envelope: Envelope) => ensured.push(envelope) > 0 }
  const accountIds = [ACCOUNT, 'second']
  const all = sweepEnvelope(EVERY_ACCOUNT, 'scheduled', clock.now)
  const { next } = await sweepAccounts(all, { ...tools, queue, accountIds })
  assert.deepEqual(
    next,
    accountIds.map((account) => sweepEnvelope(account, 'scheduled', all.ts)),
  )
  assert.deepEqual(ensured, [debt])
})
