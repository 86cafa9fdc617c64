/** Pulled signals: durable before they are acknowledged, refused for good in an alert, put off while the book is away. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import { BookUnavailable } from '#book/errors.ts'
import { withCommit } from '#book/with-commit.ts'
import { signalKeyOf } from '#domain/ids.ts'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { pullSignals, type RefusedSignal } from '#ingest/pull-signals.ts'
import { PubsubUnavailable } from '#pubsub/errors.ts'
import type { PulledMessage, SignalSubscription } from '#pubsub/signal-subscription.ts'
import { NOW } from '#test/domain/samples.ts'

function close(id: string, change: object = {}): object {
  const wish = { kind: 'close', signal_id: id, source: 'pubsub', strategy: 'trend', ts: NOW, instrument: 'BTC-PERP' }
  return { ...wish, ...change }
}

function message(n: number, content: object | string, orderingKey = ''): PulledMessage {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return { ackId: `ack-${n}`, messageId: `m-${n}`, data: Buffer.from(text), orderingKey }
}

/** A subscription that gives the batches one after another, then ends the pulling; and all that was done. */
async function pulled(batches: readonly (readonly PulledMessage[])[], change: { readonly bookIsAway?: boolean } = {}) {
  const plain = await openEmbeddedBook({ file: ':memory:' })
  const away = { now: change.bookIsAway ?? false }
  const book = withCommit(plain, async (writes) => {
    if (away.now) throw new BookUnavailable('away')
    return await plain.commit(writes)
  })
  const done: string[] = []
  const refused: RefusedSignal[] = []
  const pauses: number[] = []
  const stop = new AbortController()
  const waiting = [...batches]
  const subscription: SignalSubscription = {
    name: 'signals',
    async pull() {
      const next = waiting.shift()
      if (next === undefined) stop.abort()
      return next ?? []
    },
    acknowledge: async (ids) => void done.push(...ids.map((id) => `acknowledged ${id}`)),
    postpone: async (ids, afterMs) => void done.push(...ids.map((id) => `put off ${id} by ${afterMs}`)),
    close: async () => undefined,
  }
  const tools = {
    subscription,
    scope: { sender: 'desk', strategies: ['trend'], source: null as string | null },
    acceptSignal: (signal: Parameters<typeof acceptSignal>[1]) =>
      acceptSignal(
        {
          book,
          queue: { enqueue: async () => undefined },
          accounts: [{ account: 'alpha', strategies: ['trend'] }],
          onEnqueueFailed: () => undefined,
        },
        signal,
        NOW,
      ),
    async refuse(one: RefusedSignal) {
      if (away.now) throw new BookUnavailable('away')
      refused.push(one)
    },
    log: { info: () => undefined, warn: () => undefined },
    pause: async (ms: number) => void pauses.push(ms),
  }
  const rows = async () =>
    (await plain.list('signals', { orderBy: { field: 'receivedAt', direction: 'ascending' } })).map(({ id }) => id)
  return { tools, stop, done, refused, pauses, away, rows }
}

test('a signal is acknowledged once it is a row of the book; a repeat is acknowledged and is no second one', async () => {
  const { tools, stop, done, refused, rows } = await pulled([
    [message(1, close('a')), message(2, close('b'))],
    [message(3, close('a'))],
  ])
  await pullSignals(tools, stop.signal)
  assert.deepEqual(done, ['acknowledged ack-1', 'acknowledged ack-2', 'acknowledged ack-3'])
  assert.deepEqual((await rows()).toSorted(), [signalKeyOf('pubsub', 'a'), signalKeyOf('pubsub', 'b')].toSorted())
  assert.deepEqual(refused, [])
})

const NEVER = [
  ['no JSON', 'not json', /expected a signal as JSON/],
  ['more than a signal holds', ' '.repeat(65_537), /at most 65536 bytes/],
  ['no signal', { kind: 'open' }, /signal_id: expected/],
  ['an unknown member', close('x', { leverage: 9 }), /leverage/],
  ['a strategy outside the scope', close('x', { strategy: 'other' }), /desk may not signal for strategy "other"/],
  ['no account', close('x', { accounts: ['nobody'] }), /expected only configured accounts/],
  [
    'a flatten',
    { kind: 'flatten', signal_id: 'x', source: 'pubsub', strategy: 'trend', ts: NOW, reason: 'r' },
    /operator/,
  ],
] as const

for (const [what, content, reason] of NEVER) {
  test(`${what} is refused for good: told, acknowledged, and no row`, async () => {
    const { tools, stop, done, refused, rows } = await pulled([[message(1, content)]])
    await pullSignals(tools, stop.signal)
    assert.deepEqual(done, ['acknowledged ack-1'])
    assert.match(refused[0]?.reason ?? '', reason)
    assert.deepEqual(await rows(), [])
  })
}

test('a signal_id with other content is refused, and the first one stands', async () => {
  const { tools, stop, done, refused, rows } = await pulled([
    [message(1, close('a'))],
    [message(2, close('a', { instrument: 'ETH-PERP' }))],
  ])
  await pullSignals(tools, stop.signal)
  assert.deepEqual(done, ['acknowledged ack-1', 'acknowledged ack-2'])
  assert.deepEqual([refused[0]?.signalId, refused[0]?.source], ['a', 'pubsub'])
  assert.equal((await rows()).length, 1)
})

test('a source that is not the one of the subscription is refused', async () => {
  const { tools, stop, refused } = await pulled([[message(1, close('a'))]])
  await pullSignals({ ...tools, scope: { ...tools.scope, source: 'only-this' } }, stop.signal)
  assert.match(refused[0]?.reason ?? '', /expected source "only-this"/)
})

test('while the book is away nothing is acknowledged, not even a refusal, and the pauses grow', async () => {
  const { tools, stop, done, pauses, rows } = await pulled(
    [[message(1, close('a')), message(2, 'not json')], [message(3, close('a'))]],
    { bookIsAway: true },
  )
  await pullSignals(tools, stop.signal)
  assert.deepEqual(
    done.map((line) => line.replace(/ by \d+/, '')),
    ['put off ack-1', 'put off ack-2', 'put off ack-3'],
  )
  assert.deepEqual(pauses, [1000, 2000])
  assert.deepEqual(await rows(), [])
})

test('messages of one key are taken one after another: behind one that waits, none is tried', async () => {
  const { tools, stop, done, away, rows } = await pulled([
    [message(1, close('a'), 'k'), message(2, close('b'), 'k'), message(3, close('c'))],
  ])
  const accept = tools.acceptSignal
  const asked: string[] = []
  const acceptOne: typeof accept = async (signal) => {
    asked.push(signal.signal_id)
    away.now = signal.signal_id === 'a'
    return await accept(signal).finally(() => {
      away.now = false
    })
  }
  await pullSignals({ ...tools, acceptSignal: acceptOne }, stop.signal)
  assert.deepEqual(asked, ['a', 'c'])
  assert.deepEqual(done.toSorted(), ['acknowledged ack-3', 'put off ack-1 by 1000', 'put off ack-2 by 1000'])
  assert.deepEqual(await rows(), [signalKeyOf('pubsub', 'c')])
})

test('a message that we stumble over does not hold up the others', async () => {
  const { tools, stop, done, pauses } = await pulled([[message(1, close('a')), message(2, close('b'))]])
  const accept = tools.acceptSignal
  const stumbling: typeof accept = async (signal) => {
    if (signal.signal_id === 'a') throw new TypeError('a bug')
    return await accept(signal)
  }
  await pullSignals({ ...tools, acceptSignal: stumbling }, stop.signal)
  assert.deepEqual(done.toSorted(), ['acknowledged ack-2', 'put off ack-1 by 30000'])
  assert.deepEqual(pauses, [])
})

test('an acknowledgement that is lost loses nothing: the signal comes again and is a repeat', async () => {
  const { tools, stop, done, rows } = await pulled([[message(1, close('a'))], [message(2, close('a'))]])
  let isLost = true
  const acknowledge: SignalSubscription['acknowledge'] = async (ids) => {
    if (isLost) {
      isLost = false
      throw new PubsubUnavailable('lost')
    }
    await tools.subscription.acknowledge(ids)
  }
  await pullSignals({ ...tools, subscription: { ...tools.subscription, acknowledge } }, stop.signal)
  assert.deepEqual(done, ['acknowledged ack-2'])
  assert.equal((await rows()).length, 1)
})

test('what is in hand when the end is asked for is settled and acknowledged before it ends', async () => {
  const { tools, stop, done, rows } = await pulled([[message(1, close('a'))], [message(2, close('b'))]])
  const accept = tools.acceptSignal
  const stopping: typeof accept = async (signal) => {
    stop.abort()
    return await accept(signal)
  }
  await pullSignals({ ...tools, acceptSignal: stopping }, stop.signal)
  assert.deepEqual(done, ['acknowledged ack-1'])
  assert.equal((await rows()).length, 1)
})

test('whatever bytes come, a message is refused or is a signal, and never stays', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 })
  const text = fc.oneof(fc.string(), fc.json(), fc.constant('{"kind":"open","__proto__":{"signal_id":"x"}}'))
  const content = fc.oneof(
    bytes,
    text.map((words) => Buffer.from(words)),
  )
  await fc.assert(
    fc.asyncProperty(content, async (data) => {
      const { tools, stop, done, refused, rows } = await pulled([[{ ...message(1, ''), data }]])
      await pullSignals(tools, stop.signal)
      assert.deepEqual(done, ['acknowledged ack-1'])
      assert.equal(refused.length + (await rows()).length, 1)
    }),
    { numRuns: 60 },
  )
})
