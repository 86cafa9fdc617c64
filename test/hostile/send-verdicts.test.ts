/**
 * A mutilated answer to a transmission is never taken for the opposite of what it was: an acceptance stays one or becomes unknown, and
 * so does a refusal (failure cases A18, A19, I7). What no venue ever said is unknown.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readAnswer } from '#brokers/bybit/send-verdict.ts'
import type { HttpOutcome } from '#brokers/http-request.ts'
import { readNoopVerdict, readVerdict } from '#brokers/hyperliquid/exchange-answer.ts'
import { readSendVerdict } from '#brokers/projectx/send-verdict.ts'
import type { OrderCommand, PreparedRequest } from '#domain/order.ts'
import { cancelOf, entryOf, idOf, protectedEntryOf } from '#test/brokers/orders.ts'
import { hostileDocument, mutationsOf } from './hostile-values.ts'
import { runs } from './runs.ts'

const PREPARED = 1_780_000_000_000
const request: PreparedRequest = {
  signer: 'hostile',
  nonce: PREPARED,
  deadline: PREPARED + 5_000,
  body: '{}',
  preparedAt: PREPARED,
}
const entry = entryOf('a')
const pair = protectedEntryOf('a')
const cancel = cancelOf('a')
const cloid = `0x${idOf('a')}`

interface Verdict {
  readonly kind: string
}

interface Sample {
  readonly name: string
  readonly read: (outcome: HttpOutcome) => Verdict
  readonly body: unknown
  /** The verdict on the answer as the venue gave it. */
  readonly truth: string
  /** What of the answer may also mean something else that is no lie about the order, by kind. */
  readonly also?: readonly string[]
}

const hyperliquid = (statuses: readonly unknown[], type = 'order'): unknown => ({
  status: 'ok',
  response: { type, data: { statuses } },
})
const onHyperliquid =
  (command: OrderCommand) =>
  (outcome: HttpOutcome): Verdict =>
    readVerdict(outcome, command, PREPARED)
const onBybit =
  (command: OrderCommand) =>
  (outcome: HttpOutcome): Verdict =>
    readAnswer(outcome, command, request)
const onProjectX =
  (path: '/api/Order/place' | '/api/Order/cancel') =>
  (outcome: HttpOutcome): Verdict =>
    readSendVerdict(outcome, path)
const bybit = (retCode: number, result: unknown = {}): unknown => ({
  retCode,
  retMsg: 'words',
  result,
  retExtInfo: {},
  time: PREPARED + 100,
})
const resting = { resting: { oid: 7, cloid } }
const filled = { filled: { totalSz: '0.004', avgPx: '99990.5', oid: 8, cloid } }
const refusal = { error: 'Order could not immediately match against any resting orders. asset=0' }
const ack = { orderId: '1321003749386327552', orderLinkId: idOf('a') }
const place = (fields: object): unknown => ({
  orderId: 9056,
  success: true,
  errorCode: 0,
  errorMessage: null,
  ...fields,
})

const SAMPLES: readonly Sample[] = [
  { name: 'Hyperliquid, resting', read: onHyperliquid(entry), body: hyperliquid([resting]), truth: 'accepted' },
  { name: 'Hyperliquid, filled', read: onHyperliquid(entry), body: hyperliquid([filled]), truth: 'accepted' },
  {
    name: 'Hyperliquid, filled with a waiting stop',
    read: onHyperliquid(pair),
    body: hyperliquid([filled, 'waitingForTrigger']),
    truth: 'accepted',
  },
  {
    name: 'Hyperliquid, a cancel',
    read: onHyperliquid(cancel),
    body: hyperliquid(['success'], 'cancel'),
    truth: 'accepted',
  },
  { name: 'Hyperliquid, refused', read: onHyperliquid(entry), body: hyperliquid([refusal]), truth: 'refused' },
  {
    name: 'Hyperliquid, refused as a whole',
    read: onHyperliquid(entry),
    body: { status: 'err', response: 'Price must be divisible by tick size. asset=0' },
    truth: 'refused',
  },
  {
    name: 'Hyperliquid, nonce spent',
    read: onHyperliquid(entry),
    body: { status: 'err', response: `Invalid nonce: duplicate nonce ${PREPARED}` },
    truth: 'duplicate',
  },
  {
    name: 'Hyperliquid, a noop',
    read: (outcome) => readNoopVerdict(outcome, PREPARED),
    body: { status: 'ok', response: { type: 'default' } },
    truth: 'accepted',
  },
  { name: 'Bybit, acknowledged', read: onBybit(entry), body: bybit(0, ack), truth: 'acknowledged' },
  { name: 'Bybit, a cancel acknowledged', read: onBybit(cancel), body: bybit(0, ack), truth: 'acknowledged' },
  { name: 'Bybit, refused', read: onBybit(entry), body: bybit(110007), truth: 'refused' },
  { name: 'Bybit, an id used twice', read: onBybit(entry), body: bybit(110072), truth: 'duplicate' },
  { name: 'Bybit, a cancel of nothing', read: onBybit(cancel), body: bybit(110001), truth: 'gone' },
  { name: 'ProjectX, taken', read: onProjectX('/api/Order/place'), body: place({}), truth: 'accepted' },
  {
    name: 'ProjectX, refused',
    read: onProjectX('/api/Order/place'),
    body: place({ success: false, errorCode: 2, errorMessage: 'no' }),
    truth: 'refused',
  },
  {
    name: 'ProjectX, a cancel taken',
    read: onProjectX('/api/Order/cancel'),
    body: { success: true, errorCode: 0, errorMessage: null },
    truth: 'accepted',
  },
]

const answered = (body: string, status = 200): HttpOutcome => ({
  kind: 'answer',
  status,
  body,
  serverDate: null,
  headers: {},
})

describe('answers to a transmission', { concurrency: false }, () => {
  for (const { name, read, body, truth, also = [] } of SAMPLES) {
    const sample = JSON.stringify(body)
    test(`${name}: as sent it is ${truth}, mutilated it is that or unknown`, () => {
      const plain = read(answered(sample))
      assert.equal(plain.kind, truth)
      const allowed = new Set([truth, 'unknown', ...also])
      fc.assert(
        fc.property(mutationsOf(sample), ({ what, text }) => {
          const verdict = read(answered(text))
          assert.ok(allowed.has(verdict.kind), `${what}: ${JSON.stringify(verdict)}`)
        }),
        runs(400),
      )
    })

    test(`${name}: no status but the venue's own makes it known, whatever the body says`, () => {
      const status = fc.oneof(
        fc.integer({ min: 500, max: 599 }),
        fc.constantFrom(201, 202, 204, 301, 302, 404, 408, 429),
      )
      fc.assert(
        fc.property(status, fc.oneof(fc.constant(sample), hostileDocument), (code, text) => {
          assert.equal(read(answered(text, code)).kind, 'unknown')
        }),
        runs(60),
      )
    })

    test(`${name}: what no venue ever said is unknown`, () => {
      fc.assert(
        fc.property(hostileDocument, (text) => {
          assert.equal(read(answered(text)).kind, 'unknown')
        }),
        runs(60),
      )
    })
  }

  test('a code or text that nobody has documented is unknown, never a refusal (I7)', () => {
    const words = fc.string({ minLength: 1 }).map((text) => `zz ${text}`)
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 9_999_999 }), words, (number, text) => {
        const outcomes = [
          readVerdict(answered(JSON.stringify({ status: 'err', response: text })), entry, PREPARED),
          readVerdict(answered(JSON.stringify(hyperliquid([{ error: text }]))), entry, PREPARED),
          readSendVerdict(answered(JSON.stringify(place({ success: false, errorCode: number }))), '/api/Order/place'),
          readAnswer(answered(JSON.stringify(bybit(-number))), entry, request),
        ]
        assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['unknown']))
      }),
      runs(100),
    )
  })

  test('found: success beside an error code is a contradiction, not an acceptance', () => {
    for (const path of ['/api/Order/place', '/api/Order/cancel'] as const) {
      const verdict = readSendVerdict(answered(JSON.stringify(place({ errorCode: 2 }))), path)
      assert.equal(verdict.kind, 'unknown')
    }
  })

  test('found: an answer nested without end is unknown and ends no process', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const bodies = [
      `{"status":"ok","response":{"type":"order","data":{"statuses":[{"resting":{"oid":1,"x":${deep}}}]}}}`,
      `{"retCode":0,"retMsg":"OK","time":1,"result":${deep}}`,
      deep,
    ]
    for (const body of bodies) {
      for (const { read } of SAMPLES) assert.equal(read(answered(body)).kind, 'unknown')
    }
  })

  test('found: an exponent that asks for more digits than there is memory is unknown', () => {
    const body = '{"success":true,"errorCode":0,"errorMessage":null,"orderId":1e99999999}'
    assert.equal(readSendVerdict(answered(body), '/api/Order/place').kind, 'unknown')
  })
})
