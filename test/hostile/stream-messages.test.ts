/** Whatever comes over a venue's stream is a hint, a word for the connection, or nothing: no message ends the process. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readPrivateMessage, readPublicMessage } from '#brokers/bybit/stream-message.ts'
import { readStreamMessage } from '#brokers/hyperliquid/stream-message.ts'
import { lastPriceOf, USER_EVENTS, type UserEvent, userHintOf } from '#brokers/projectx/hub-events.ts'
import type { StreamMessage } from '#brokers/venue-stream.ts'
import { isDecimalText } from '#domain/decimal.ts'
import { hostileDocument, hostileValue, mutationsOf } from './hostile-values.ts'
import { runs } from './runs.ts'

const READERS: readonly (readonly [name: string, read: (text: string) => StreamMessage, samples: readonly object[]])[] =
  [
    [
      'Hyperliquid',
      readStreamMessage,
      [
        { channel: 'userFills', data: { user: '0x1', fills: [{ coin: 'BTC', px: '1', sz: '1' }, { coin: 'ETH' }] } },
        { channel: 'orderUpdates', data: [{ order: { coin: 'BTC', oid: 1 }, status: 'open' }] },
        { channel: 'user', data: { nonUserCancel: [{ coin: 'BTC', oid: 1 }] } },
        { channel: 'activeAssetCtx', data: { coin: 'BTC', ctx: { markPx: '100000.5', funding: '0.01' } } },
        { channel: 'subscriptionResponse', data: { method: 'subscribe', subscription: { type: 'userFills' } } },
        { channel: 'error', data: { code: 1, words: ['no'] } },
      ],
    ],
    [
      'Bybit, private',
      (text) => readPrivateMessage(text, 'subscribe'),
      [
        { topic: 'execution', id: 'x', data: [{ symbol: 'BTCUSDT', execQty: '1' }, { symbol: 'ETHUSDT' }] },
        { op: 'auth', success: true, ret_msg: '', conn_id: '1' },
        { op: 'subscribe', success: false, ret_msg: 'no' },
      ],
    ],
    [
      'Bybit, public',
      readPublicMessage,
      [
        { topic: 'tickers.BTCUSDT', type: 'delta', data: { symbol: 'BTCUSDT', markPrice: '100000.50' } },
        { op: 'ping', success: true, ret_msg: 'pong' },
      ],
    ],
  ]

for (const [name, read, samples] of READERS) {
  test(`${name}: a message mutilated or made up is read or left alone`, () => {
    const anything = fc.oneof(
      { weight: 2, arbitrary: hostileDocument },
      ...samples.map((sample) => ({
        weight: 2,
        arbitrary: mutationsOf(JSON.stringify(sample)).map((mutation) => mutation.text),
      })),
    )
    fc.assert(
      fc.property(anything, (text) => {
        requireSound(read(text))
      }),
      runs(1_500),
    )
  })
}

test('ProjectX: an event of any shape is a hint of our account or none, and a quote an exact price or none', () => {
  const trade = { id: 1, accountId: 7, contractId: 'CON.F.US.ENQ.Z26', price: 29423, side: 0, size: 1, lastPrice: 1.5 }
  const mutated = fc.oneof(
    mutationsOf(JSON.stringify({ action: 0, data: trade })).map(({ text }) => jsonOrText(text)),
    mutationsOf(JSON.stringify(trade)).map(({ text }) => jsonOrText(text)),
    hostileValue,
    hostileDocument.map(jsonOrText),
  )
  fc.assert(
    fc.property(fc.constantFrom(...(Object.keys(USER_EVENTS) as UserEvent[])), mutated, (event, payload) => {
      const hint = userHintOf(event, payload, '7')
      if (hint !== null) requireSound({ kind: 'hint', hint })
      const price = lastPriceOf(payload)
      assert.ok(price === null || isDecimalText(price))
    }),
    runs(1_500),
  )
})

test('found: a refusal nested without end ends no process', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  assert.deepEqual(readStreamMessage(`{"channel":"error","data":${deep}}`), { kind: 'nothing' })
})

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function requireSound(message: StreamMessage): void {
  if (message.kind === 'error') assert.ok(typeof message.detail === 'string')
  if (message.kind !== 'hint') return
  const { hint } = message
  if (hint.kind === 'mark') {
    for (const [id, price] of hint.marks) assert.ok(typeof id === 'string' && isDecimalText(price))
  } else if (hint.kind === 'fills' || hint.kind === 'orders') {
    assert.ok(hint.instruments.every((instrument) => typeof instrument === 'string'))
  } else assert.fail(`a message claimed the connection is ${hint.kind}`)
}
