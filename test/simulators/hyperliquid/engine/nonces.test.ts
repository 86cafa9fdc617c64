/** Nonce admission: the window, the hundred kept, duplicates; and what consumes a nonce. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { admitNonce, createNonceState } from '#simulators/hyperliquid/engine/nonces.ts'
import { AGENT, BTC, MASTER, OTHER, START, limit, openDesk } from './trader.ts'

const DAY = 86_400_000
const NOOP = { type: 'noop' } as const

test('a nonce is admitted once and then answers duplicate', () => {
  const state = createNonceState()
  assert.equal(admitNonce(state, START, START, 0), undefined)
  assert.equal(admitNonce(state, START, START, 0), `Invalid nonce: duplicate nonce ${START}`)
})

test('the window is open at both ends: two days back, one day ahead', () => {
  const min = START - 2 * DAY
  const max = START + DAY
  assert.equal(admitNonce(createNonceState(), min, START, 0), `Invalid nonce: nonce too low ${min} < ${min}`)
  assert.equal(admitNonce(createNonceState(), min + 1, START, 0), undefined)
  assert.equal(admitNonce(createNonceState(), max - 1, START, 0), undefined)
  assert.equal(admitNonce(createNonceState(), max, START, 0), `Invalid nonce: nonce too high ${max} > ${max}`)
})

test('an unseen nonce below the hundredth is too low, a seen one stays a duplicate', () => {
  const state = createNonceState()
  assert.equal(admitNonce(state, START - 50, START, 0), undefined)
  for (let step = 0; step < 100; step++) assert.equal(admitNonce(state, START + step, START, 0), undefined)
  assert.equal(admitNonce(state, START - 49, START, 0), `Invalid nonce: nonce too low ${START - 49} < ${START}`)
  assert.equal(admitNonce(state, START - 50, START, 0), `Invalid nonce: duplicate nonce ${START - 50}`)
})

test('any sequence: nothing is admitted twice, and the kept are the highest hundred admitted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -150, max: 150 }), { minLength: 130, maxLength: 300, size: 'max' }),
      (offsets) => {
        const state = createNonceState()
        const admitted = new Set<number>()
        for (const offset of offsets) {
          const nonce = START + offset
          const floor = [...admitted].toSorted((a, b) => b - a)[99]
          const expected = !admitted.has(nonce) && (floor === undefined || nonce > floor)
          assert.equal(admitNonce(state, nonce, START, 0) === undefined, expected)
          if (expected) admitted.add(nonce)
        }
        assert.deepEqual(state.kept, [...admitted].toSorted((a, b) => a - b).slice(-100))
      },
    ),
  )
})

test('forgetting nonces that left the window forgets no nonce still in it', () => {
  const state = createNonceState()
  for (let step = 0; step < 15_000; step++) assert.equal(admitNonce(state, START + step, START + step, 0), undefined)
  const later = START + 2 * DAY + 5_000
  for (let step = 0; step < 15_000; step++) assert.equal(admitNonce(state, later + step, later + step, 0), undefined)
  assert.ok(state.seen.size < 30_000, 'some were forgotten')
  const recent = later + 1
  assert.equal(admitNonce(state, recent, later + 15_000, 0), `Invalid nonce: duplicate nonce ${recent}`)
})

test('a rejected action has consumed its nonce', () => {
  const desk = openDesk()
  const order = { type: 'order', grouping: 'na', orders: [limit(BTC, 'buy', '100000.5', '0.1')] } as const
  const first = desk.submit(order, { nonce: START + 5 })
  assert.equal(first.kind, 'order')
  assert.deepEqual(desk.submit(order, { nonce: START + 5 }), {
    kind: 'err',
    message: `Invalid nonce: duplicate nonce ${START + 5}`,
    cause: 'nonce',
  })
})

test('an expired action has consumed its nonce', () => {
  const desk = openDesk()
  const late = { nonce: START + 5, expiresAfter: START - 1 }
  assert.deepEqual(desk.submit(NOOP, late), { kind: 'err', message: 'Action already expired', cause: 'expired' })
  assert.deepEqual(desk.submit(NOOP, { nonce: START + 5 }), {
    kind: 'err',
    message: `Invalid nonce: duplicate nonce ${START + 5}`,
    cause: 'nonce',
  })
})

test('an action is in time until its deadline has passed', () => {
  const desk = openDesk()
  assert.equal(desk.submit(NOOP, { expiresAfter: START }).kind, 'default')
})

test('a noop fences: after it the same nonce can never execute an order', () => {
  const desk = openDesk()
  assert.deepEqual(desk.submit(NOOP, { nonce: START + 9 }), { kind: 'default' })
  const order = { type: 'order', grouping: 'na', orders: [limit(BTC, 'buy', '101000', '0.1')] } as const
  assert.equal(desk.submit(order, { nonce: START + 9 }).kind, 'err')
  assert.deepEqual(desk.venue.account.fills(MASTER), [])
})

test('a refused signer consumes nothing, and signers do not share nonces', () => {
  const desk = openDesk()
  const stranger = `0x${'99'.repeat(20)}`
  assert.deepEqual(desk.submit(NOOP, { signer: stranger, nonce: START + 1 }), {
    kind: 'err',
    message: `User or API Wallet ${stranger} does not exist.`,
    cause: 'signer',
  })
  for (const signer of [AGENT, MASTER, OTHER]) {
    assert.equal(desk.submit(NOOP, { signer, nonce: START + 1 }).kind, 'default')
  }
})

test('removing an agent forgets its nonces, so a re-approved address replays', () => {
  const desk = openDesk()
  assert.equal(desk.submit(NOOP, { nonce: START + 1 }).kind, 'default')
  desk.venue.operator.pruneAgent(AGENT)
  desk.venue.operator.approveAgent(MASTER, AGENT, 'bot', null)
  assert.equal(desk.submit(NOOP, { nonce: START + 1 }).kind, 'default')
})
