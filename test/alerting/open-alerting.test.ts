/** The door in front of the sinks: one that fails rests, one that is slow gets few at once, and the others do not notice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AlertNotDelivered, type Sink } from '#alerting/alerting.ts'
import { openAlerting } from '#alerting/open-alerting.ts'
import { hearing, ONCE } from '#test/workers/silent-sinks.ts'
import { noticeOf } from './loopback.ts'

function failing(name: string, error: () => Error): Sink & { tried: number } {
  const sink = {
    terms: hearing(name),
    tried: 0,
    async send() {
      sink.tried += 1
      throw error()
    },
  }
  return sink
}

async function failureOf(telling: Promise<void>): Promise<AlertNotDelivered> {
  const failure = await telling.then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(failure instanceof AlertNotDelivered, String(failure))
  return failure
}

test('a sink that failed is left alone, twice as long each time, up to a minute; a success forgets it', async () => {
  const clock = { now: 0 }
  const sink = failing('chat', () => new AlertNotDelivered('down'))
  const alerting = openAlerting([sink], ONCE, () => clock.now)
  const rests: (number | null)[] = []
  for (let attempt = 0; attempt < 8; attempt++) {
    const { quietMs } = await failureOf(alerting.tell('chat', noticeOf()))
    rests.push(quietMs)
    const resting = await failureOf(alerting.tell('chat', noticeOf()))
    assert.deepEqual([resting.untried, resting.quietMs], [true, quietMs])
    clock.now += quietMs ?? 0
  }
  assert.deepEqual(rests, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  assert.equal(sink.tried, 8)
})

test('a sink that asks for quiet gets it, up to a minute', async () => {
  const asking = (quietMs: number) => failing('chat', () => new AlertNotDelivered('slow down', { quietMs }))
  const quiet = async (ms: number) =>
    (await failureOf(openAlerting([asking(ms)], ONCE, () => 0).tell('chat', noticeOf()))).quietMs
  assert.deepEqual([await quiet(7_000), await quiet(3_600_000)], [7_000, 60_000])
})

test("an error that is not the sink's own is told by its name only", async () => {
  const sink = failing('chat', () => new TypeError('https://hooks.example.com/planted'))
  const failure = await failureOf(openAlerting([sink], ONCE, () => 0).tell('chat', noticeOf()))
  assert.equal(failure.message, 'Sink chat: TypeError.')
})

test('a sink that hangs gets four at once; the next is sent back, and another sink is told meanwhile', async () => {
  const release = Promise.withResolvers<undefined>()
  const slow: Sink = { terms: hearing('slow'), send: async () => await release.promise }
  let heard = 0
  const quick: Sink = { terms: hearing('quick'), send: async () => void (heard += 1) }
  const alerting = openAlerting([slow, quick], ONCE, () => 0)
  const hanging = Array.from({ length: 4 }, () => alerting.tell('slow', noticeOf()))
  const busy = await failureOf(alerting.tell('slow', noticeOf()))
  assert.deepEqual([busy.untried, busy.quietMs], [true, 250])
  await alerting.tell('quick', noticeOf())
  assert.equal(heard, 1)
  release.resolve(undefined)
  await Promise.all(hanging)
  await alerting.tell('slow', noticeOf())
})
