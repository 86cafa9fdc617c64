/** One transmission, every answer: what is proven, and that everything else is unknown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { HttpOutcome } from '#brokers/http-request.ts'
import { readNoopVerdict, readVerdict } from '#brokers/hyperliquid/exchange-answer.ts'
import type { TransmissionVerdict } from '#brokers/transmission.ts'
import type { OrderCommand } from '#domain/order.ts'
import { cancelOf, entryOf, idOf, protectedEntryOf } from '#test/brokers/orders.ts'

const NONCE = 1_760_000_000_000
const entry = entryOf('a')
const pair = protectedEntryOf('a')
const cancel = cancelOf('a')
const cloid = `0x${idOf('a')}`

function answer(body: unknown, status = 200): HttpOutcome {
  return { kind: 'answer', status, body: typeof body === 'string' ? body : JSON.stringify(body), serverDate: null }
}
const err = (response: string): HttpOutcome => answer({ status: 'err', response })
const ok = (statuses: readonly unknown[], type = 'order'): HttpOutcome =>
  answer({ status: 'ok', response: { type, data: { statuses } } })
const resting = { resting: { oid: 7, cloid } }
const filled = { filled: { totalSz: '0.004', avgPx: '99990.5', oid: 8, cloid } }
const refusedIoc = { error: 'Order could not immediately match against any resting orders. asset=0' }

/** `[case, command, outcome, kind, further proof]` */
const CASES: readonly [string, OrderCommand, HttpOutcome, TransmissionVerdict['kind'], RegExp?][] = [
  [
    'an acknowledged resting order',
    entry,
    ok([resting]),
    'accepted',
    /"venueOrderId":"7","filledSize":"0","averagePrice":null,"clientOrderId":"[0-9a-f]{32}","status":"working"/,
  ],
  [
    'a partial immediate fill',
    entry,
    ok([filled]),
    'accepted',
    /"filledSize":"0.004","averagePrice":"99990.5","clientOrderId":"[0-9a-f]{32}","status":"filled"/,
  ],
  ['a parent and its waiting child', pair, ok([filled, 'waitingForTrigger']), 'accepted', /"waiting"/],
  [
    'a parent and its refused child',
    pair,
    ok([resting, { error: 'Invalid TP/SL price. asset=0' }]),
    'accepted',
    /"rejected"/,
  ],
  ['a refused parent and child', pair, ok([refusedIoc, refusedIoc]), 'refused', /"final":true/],
  ['one refusal for a batch of two', pair, ok([{ error: 'Order has zero size.' }]), 'refused', /"final":true/],
  ['a refused order', entry, ok([refusedIoc]), 'refused', /match against any resting/],
  ['an accepted cancel', cancel, ok(['success'], 'cancel'), 'accepted', /"canceled"/],
  [
    'a cancel of nothing',
    cancel,
    ok([{ error: 'Order was never placed, already canceled, or filled. asset=0' }], 'cancel'),
    'refused',
    /"final":true/,
  ],
  [
    'a whole-request static refusal',
    entry,
    err('Price must be divisible by tick size. asset=0'),
    'refused',
    /"final":true/,
  ],
  ['A8: a duplicate nonce', entry, err(`Invalid nonce: duplicate nonce ${NONCE}`), 'duplicate'],
  [
    'a nonce below the window',
    entry,
    err(`Invalid nonce: nonce too low ${NONCE} < 1760000000001`),
    'over',
    /nonce-fence/,
  ],
  ['a nonce above the window', entry, err(`Invalid nonce: nonce too high ${NONCE} > 5`), 'refused', /"final":false/],
  ['a passed deadline', entry, err('Action already expired'), 'over', /deadline-passed/],
  [
    'an unknown agent',
    entry,
    err(`User or API Wallet 0x${'1'.repeat(40)} does not exist.`),
    'refused',
    /NEW agent key.*"final":false/,
  ],
  [
    'an unknown agent, older words',
    entry,
    err(`L1 error: User or API Wallet 0x${'1'.repeat(40)} does not exist.`),
    'refused',
  ],
  [
    'a body the venue could not read',
    entry,
    answer('Failed to deserialize the JSON body into the target type', 422),
    'refused',
    /"final":false/,
  ],
  ['a refused connection', entry, { kind: 'not-sent', detail: 'ECONNREFUSED' }, 'not-sent'],
  ['A1: a timeout', entry, { kind: 'lost', detail: 'no answer within 10000 ms' }, 'unknown'],
  ['A18: a gateway error', entry, answer('<html>bad gateway</html>', 502), 'unknown', /502/],
  ['a rate limit', entry, answer('null', 429), 'unknown', /429/],
  ['another 422', entry, answer('nope', 422), 'unknown'],
  ['a body that is no JSON', entry, answer('<html>'), 'unknown'],
  ['a body that is other JSON', entry, answer({ hello: 1 }), 'unknown'],
  ['I7: an unknown error text', entry, err('Internal error'), 'unknown', /Internal error/],
  ['an unknown error text of one order', entry, ok([{ error: 'Something new' }]), 'unknown'],
  ['a duplicate nonce of another request', entry, err('Invalid nonce: duplicate nonce 5'), 'unknown'],
  ['A19: ok without an order id', entry, ok([{ resting: { cloid } }]), 'unknown'],
  ['A19: ok without statuses', entry, answer({ status: 'ok', response: { type: 'default' } }), 'unknown'],
  ['ok with no status', entry, ok([]), 'unknown'],
  ['one acceptance for two orders', pair, ok([resting]), 'unknown'],
  ['two acceptances for one order', entry, ok([resting, resting]), 'unknown'],
  ['A16: an acceptance of another id', entry, ok([{ resting: { oid: 7, cloid: `0x${idOf('b')}` } }]), 'unknown'],
  ['cancel words for an order', entry, ok(['success']), 'unknown'],
  ['an order answer to a cancel', cancel, ok([resting], 'order'), 'unknown'],
  ['order words for a cancel', cancel, ok([resting], 'cancel'), 'unknown'],
]

for (const [name, command, outcome, kind, proof] of CASES) {
  test(`${name} is ${kind}`, () => {
    const verdict = readVerdict(outcome, command, NONCE)
    assert.equal(verdict.kind, kind, JSON.stringify(verdict))
    if (proof !== undefined) assert.match(JSON.stringify(verdict), proof)
  })
}

test('reports carry the ids of the request in its order', () => {
  const verdict = readVerdict(ok([resting, 'waitingForFill']), pair, NONCE)
  assert.ok(verdict.kind === 'accepted')
  assert.deepEqual(
    verdict.reports.map((report) => report.clientOrderId),
    [pair.clientOrderId, pair.attachedStop?.clientOrderId],
  )
  assert.deepEqual(verdict.reports[0], {
    result: 'accepted',
    clientOrderId: pair.clientOrderId,
    venueOrderId: '7',
    status: 'working',
    filledSize: '0',
    averagePrice: null,
  })
})

test('no text that the venue might invent is a refusal or an acceptance', () => {
  const known =
    /^(L1 error: )?(Price|Order|Insufficient|Reduce|Post|Only|Invalid|No |Orders|Too|User|Must|Vault|Mainnet|Multi|Unable|Action)/
  fc.assert(
    fc.property(
      fc.string().filter((text) => !known.test(text)),
      (text) => {
        assert.equal(readVerdict(err(text), entry, NONCE).kind, 'unknown')
        assert.equal(readVerdict(ok([{ error: text }]), entry, NONCE).kind, 'unknown')
      },
    ),
  )
})

test('no answer of any form throws, and no non-200 answer accepts', () => {
  const status = fc.integer({ min: 100, max: 599 })
  fc.assert(
    fc.property(
      status,
      fc.oneof(fc.json(), fc.string()),
      fc.constantFrom<OrderCommand>(entry, pair, cancel),
      (code, body, command) => {
        const { kind } = readVerdict(answer(body, code), command, NONCE)
        assert.notEqual(kind, 'accepted')
      },
    ),
  )
  assert.equal(
    readVerdict(answer(ok([resting]).kind === 'answer' ? { status: 'ok' } : {}, 500), entry, NONCE).kind,
    'unknown',
  )
})

test('a noop is accepted by its plain answer only', () => {
  assert.equal(readNoopVerdict(answer({ status: 'ok', response: { type: 'default' } }), NONCE).kind, 'accepted')
  assert.equal(readNoopVerdict(err(`Invalid nonce: duplicate nonce ${NONCE}`), NONCE).kind, 'duplicate')
  assert.equal(readNoopVerdict(ok([resting]), NONCE).kind, 'unknown')
  assert.equal(readNoopVerdict({ kind: 'lost', detail: 'reset' }, NONCE).kind, 'unknown')
})
