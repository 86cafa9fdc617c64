/** One order's record: by the venue's id only when it is ours, by tag over every attempt. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tagOf } from '#brokers/projectx/tags.ts'
import { idOf, refOf } from '#test/brokers/orders.ts'
import { NQ, openScriptedVenue } from './scripted-venue.ts'

const CREATED = '2026-09-30T14:59:59.0000001+00:00'
const rowOf = (id: number, customTag: string | null, status: number): object => ({
  id,
  accountId: 7,
  contractId: NQ.id,
  creationTimestamp: CREATED,
  updateTimestamp: CREATED,
  status,
  type: 2,
  side: 0,
  size: 1,
  limitPrice: null,
  stopPrice: null,
  fillVolume: status === 2 ? 1 : 0,
  filledPrice: null,
  customTag,
})
const REFUSED = 5
const FILLED = 2
const OPEN = 1
const ref = refOf('a', 'NQZ6')

test('the venue’s id is believed only for an order that carries our tag', async (t) => {
  let tag: string | null = tagOf(idOf('a'), 0)
  const { broker } = await openScriptedVenue(t, { '/api/Order/searchById': () => ({ order: rowOf(8, tag, FILLED) }) })
  const byId = { ...ref, venueOrderId: '8' }
  assert.equal((await broker.findOrder(byId))?.status, 'filled')
  for (const other of [tagOf(idOf('b'), 0), `${tagOf(idOf('a'), 0)}-SL`, null]) {
    tag = other
    assert.equal(await broker.findOrder(byId), null, String(other))
  }
})

test('among several attempts the one that landed is the order; a refused one only when it is alone', async (t) => {
  let orders = [rowOf(8, tagOf(idOf('a'), 0), REFUSED), rowOf(9, tagOf(idOf('a'), 1), FILLED)]
  const { broker } = await openScriptedVenue(t, {
    '/api/Order/search': () => ({ orders }),
    '/api/Order/v2/query': { orders: [], totalCount: 0 },
  })
  assert.equal((await broker.findOrder(ref))?.venueOrderId, '9')
  orders = orders.slice(0, 1)
  assert.equal((await broker.findOrder(ref))?.status, 'rejected')
  orders = []
  assert.equal(await broker.findOrder(ref), null)
})

test('working orders are read page by page to the end', async (t) => {
  const all = Array.from({ length: 230 }, (_, index) => rowOf(1_000 + index, null, OPEN))
  const { broker, asked } = await openScriptedVenue(t, {
    '/api/Order/v2/query': ({ body }) => {
      const offset = Number(body['pageOffset'])
      return { orders: all.slice(offset, offset + 100), totalCount: all.length }
    },
  })
  assert.equal((await broker.listOpenOrders()).length, 230)
  assert.equal(asked.filter(({ path }) => path === '/api/Order/v2/query').length, 3)
})
