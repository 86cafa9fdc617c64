/** Hints of the stream wake exactly the monitors they may concern, and a failing look never stops later hints. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book, Stored } from '#book/book.ts'
import { BookUnavailable } from '#book/errors.ts'
import type { Broker, Hint } from '#brokers/broker.ts'
import { watchAccount } from '#compose/stream-wakes.ts'
import { LiveAccount } from '#compose/trading-account.ts'
import { decimalString } from '#domain/decimal.ts'
import type { PositionRow } from '#domain/position.ts'
import { eventually } from '#test/support/eventually.ts'

interface Watched extends AsyncDisposable {
  say(hint: Hint): void
  readonly account: LiveAccount
  readonly woken: string[]
  looks: number
  failing: boolean
}

const OPEN = [
  { positionId: 'pos-1', instrument: 'BTC-PERP' },
  { positionId: 'pos-2', instrument: 'ETH-PERP' },
].map((row) => ({ row }) as unknown as Stored<PositionRow>)

function watched(): Watched {
  let listener: (hint: Hint) => void = () => {}
  const broker = {
    watch: (asked: (hint: Hint) => void) => {
      listener = asked
      return { [Symbol.asyncDispose]: async () => {} }
    },
  } as unknown as Broker
  const policy = { account: 'a', pace: { markMaxAgeMs: 1000 } } as unknown as LiveAccount['policy']
  const account = new LiveAccount(policy, broker, () => 0)
  const state = { woken: [] as string[], looks: 0, failing: false }
  const book = {
    list: async () => {
      state.looks += 1
      if (state.failing) throw new BookUnavailable('planted')
      return OPEN
    },
  } as unknown as Book
  const queue = { wake: async (_stage: string, key: string) => void state.woken.push(key) }
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const watch = watchAccount(account, { book, queue, log: silent })
  return Object.assign(state, {
    say: (hint: Hint) => listener(hint),
    account,
    [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
  })
}

test('a fill wakes the monitors of its instrument only', async () => {
  await using stream = watched()
  stream.say({ kind: 'fills', instruments: ['ETH-PERP'] })
  await eventually(() => stream.woken.length > 0)
  assert.deepEqual(stream.woken, ['pos-2.monitor'])
})

test('B12: a new connection wakes them all: nothing told what was missed', async () => {
  await using stream = watched()
  stream.say({ kind: 'connected', detail: '' })
  await stream[Symbol.asyncDispose]()
  assert.deepEqual(stream.woken, ['pos-1.monitor', 'pos-2.monitor'])
})

test('a burst of hints costs two looks at the book, not one each', async () => {
  await using stream = watched()
  for (let i = 0; i < 100; i += 1) stream.say({ kind: 'orders', instruments: ['BTC-PERP'] })
  await eventually(() => stream.woken.length > 0)
  await stream[Symbol.asyncDispose]()
  assert.ok(stream.looks <= 2, `${stream.looks} looks`)
})

test('a book that is down drops the hint, and the next one works', async () => {
  await using stream = watched()
  stream.failing = true
  stream.say({ kind: 'fills', instruments: ['BTC-PERP'] })
  await eventually(() => stream.looks === 1)
  stream.failing = false
  await eventually(() => {
    stream.say({ kind: 'fills', instruments: ['BTC-PERP'] })
    return stream.woken.length > 0
  })
})

test('marks of the stream are remembered', async () => {
  await using stream = watched()
  stream.say({ kind: 'mark', marks: new Map([['BTC-PERP', decimalString('7')]]) })
  assert.equal(await stream.account.mark('BTC-PERP', 0), '7')
})
