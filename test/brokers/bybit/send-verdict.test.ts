/** Classes of answers to one transmission (reference section B7), as a table; and what follows an acknowledgement. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orderAfterAck, strangerOf, targetAfterAck } from '#brokers/bybit/after-ack.ts'
import { type AnswerVerdict, readAnswer } from '#brokers/bybit/send-verdict.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import type { HttpOutcome } from '#brokers/http-request.ts'
import { decimalString } from '#domain/decimal.ts'
import type { BrokerOrder, OrderCommand, PreparedRequest } from '#domain/order.ts'
import { cancelOf, entryOf, idOf, protectedEntryOf, recordOf } from '#test/brokers/orders.ts'

const PREPARED = 1_780_000_000_000
const request: PreparedRequest = {
  signer: 'bybit-test',
  nonce: null,
  deadline: PREPARED + 5_000,
  body: '{}',
  preparedAt: PREPARED,
}
const entry = entryOf('a')
const cancel = cancelOf('a')

function answered(body: unknown, status = 200): HttpOutcome {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { kind: 'answer', status, body: text, serverDate: null, headers: {} }
}

function coded(retCode: number, status = 200, time = PREPARED + 100): HttpOutcome {
  return answered({ retCode, retMsg: 'words', result: {}, retExtInfo: {}, time }, status)
}

const ack = { orderId: '1321003749386327552', orderLinkId: idOf('a') }
const acked = (result: unknown): HttpOutcome => answered({ retCode: 0, retMsg: 'OK', result, time: PREPARED })

type Case = readonly [string, OrderCommand, HttpOutcome, AnswerVerdict['kind']]
const CASES: readonly Case[] = [
  ['an acknowledgement', entry, acked(ack), 'acknowledged'],
  ['an acknowledgement of a cancel', cancel, acked(ack), 'acknowledged'],
  ['success without an order id (A19)', entry, acked({}), 'unknown'],
  ['success for another id (A16)', entry, acked({ ...ack, orderLinkId: 'another' }), 'unknown'],
  ['a duplicate id', entry, coded(110072), 'duplicate'],
  ...[110001, 110008, 110010].flatMap((code): Case[] => [
    [`${code} on a cancel`, cancel, coded(code), 'gone'],
    [`${code} on an order`, entry, coded(code), 'unknown'],
  ]),
  ['the window over', entry, coded(10002, 200, PREPARED + 5_001), 'over'],
  ['the window not yet begun', entry, coded(10002, 200, PREPARED - 2_000), 'unknown'],
  ...[10000, 10006, 10014, 10016, 10019, 110079, -1, 42].map((code): Case => [
    `code ${code} (I7)`,
    entry,
    coded(code),
    'unknown',
  ]),
  ...[
    10001, 10003, 10004, 10005, 10010, 10024, 10027, 10028, 10029, 33004, 30208, 30209, 110003, 110004, 110006, 110007,
    110009, 110012, 110017, 110020, 110021, 110023, 110034, 110044, 110045, 110074, 110090, 110092, 110093, 110094,
  ].map((code): Case => [`code ${code}`, entry, coded(code), 'refused']),
  ['an unsigned request', entry, coded(10003, 401), 'refused'],
  ['a bare 403', entry, answered('access too frequent', 403), 'unknown'],
  ['a bare 401', entry, answered('', 401), 'unknown'],
  ['HTTP 404', entry, coded(10001, 404), 'unknown'],
  ['HTTP 429', entry, coded(10006, 429), 'unknown'],
  ['HTTP 500 with an envelope (A18)', entry, coded(110007, 500), 'unknown'],
  ['HTTP 502', entry, answered('<html>', 502), 'unknown'],
  ['no JSON', entry, answered('<html>'), 'unknown'],
  ['null', entry, answered('null'), 'unknown'],
  ['a lost answer', entry, { kind: 'lost', detail: 'no answer within 10 ms' }, 'unknown'],
  ['no connection', entry, { kind: 'not-sent', detail: 'ECONNREFUSED' }, 'not-sent'],
]

for (const [title, command, outcome, kind] of CASES) {
  test(`${title} is ${kind}`, () => {
    const verdict = readAnswer(outcome, command, request)
    assert.equal(verdict.kind, kind, JSON.stringify(verdict))
  })
}

test('a refusal of a repeated request says nothing of the first one', () => {
  const verdict = readAnswer(coded(110007), entry, request)
  assert.ok(verdict.kind === 'refused' && !verdict.final && verdict.reason === 'retCode 110007: words')
})

const acknowledged = { kind: 'acknowledged', venueOrderId: '77', detail: 'ack' } as const

/** Records as successive looks see them; null: not shown, an error: not readable. */
function looking(...seen: readonly (Partial<BrokerOrder> | null | Error)[]) {
  let look = 0
  const find = () => {
    const next = seen[Math.min(look, seen.length - 1)]
    look += 1
    if (next instanceof Error) return Promise.reject(next)
    const averagePrice = decimalString('99999')
    return Promise.resolve(next == null ? null : { order: recordOf('a', next), averagePrice })
  }
  return { find, pauses: [0, 0, 0] }
}

const working = { status: 'working', venueStatus: 'New', leavesSize: decimalString('0.01') } as const
const unfilled = { status: 'canceled', venueStatus: 'Cancelled', leavesSize: decimalString('0.01') } as const

test('an immediate order is looked at until it is over, and reports what filled at which price', async () => {
  const verdict = await orderAfterAck(looking(null, working, {}), entry, acknowledged)
  assert.ok(verdict.kind === 'accepted')
  const [report] = verdict.reports
  assert.ok(report?.result === 'accepted')
  assert.deepEqual([report.status, report.filledSize, report.averagePrice], ['filled', '0.01', '99999'])
})

test('an acknowledged order that cannot be seen is working, never filled', async () => {
  for (const ports of [looking(null), looking(new BrokerUnavailable('down'))]) {
    const verdict = await orderAfterAck(ports, protectedEntryOf('a'), acknowledged)
    assert.ok(verdict.kind === 'accepted')
    assert.deepEqual(
      verdict.reports.map((report) => report.result === 'accepted' && [report.status, report.venueOrderId]),
      [
        ['working', '77'],
        ['waiting', null],
      ],
    )
  }
})

test('an order that the venue ended without a fill for its own reasons is refused for good', async () => {
  const ended = { ...unfilled, status: 'rejected', venueStatus: 'Cancelled EC_PostOnlyWillTakeLiquidity' } as const
  const verdict = await orderAfterAck(looking(ended), entry, acknowledged)
  assert.ok(verdict.kind === 'refused' && verdict.final && verdict.reason.includes('EC_PostOnlyWillTakeLiquidity'))
})

test('A16: another order under our id is never taken for ours, whatever of it differs', async () => {
  const strangers: Partial<BrokerOrder>[] = [
    { side: 'sell' },
    { instrument: 'ETH-PERP' },
    { originalSize: decimalString('0.02') },
  ]
  for (const stranger of strangers) {
    const verdict = await orderAfterAck(looking(stranger), entry, acknowledged)
    assert.ok(verdict.kind === 'unknown' && verdict.observed.startsWith('CRITICAL'), JSON.stringify(verdict))
  }
  // The venue cuts what reduces to the position.
  const cut = recordOf('a', { originalSize: decimalString('0.005') })
  assert.equal(strangerOf(cut, entryOf('a', { reduceOnly: true })), null)
})

test('A5: a cancel is over when its target is, and says what its target filled', async () => {
  const canceled = await targetAfterAck(looking(working, unfilled), cancel, acknowledged)
  assert.ok(canceled.kind === 'accepted' && canceled.reports[0]?.result === 'accepted')
  assert.equal(canceled.reports[0].status, 'canceled')
  const late = await targetAfterAck(looking({}), cancel, acknowledged)
  assert.ok(late.kind === 'accepted' && late.reports[0]?.result === 'accepted')
  assert.deepEqual([late.reports[0].status, late.reports[0].filledSize], ['filled', '0.01'])
})

test('a cancel whose target still works or does not show is unknown', async () => {
  for (const ports of [looking(working), looking(null), looking(new BrokerUnavailable('down'))]) {
    assert.equal((await targetAfterAck(ports, cancel, acknowledged)).kind, 'unknown')
    const gone = { kind: 'gone', reason: 'retCode 110001: gone' } as const
    assert.equal((await targetAfterAck(ports, cancel, gone)).kind, 'unknown')
  }
})
