/** What a client sees of each request fault, and whether the venue acted: the question the victim has to answer. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { faultRule, type FaultRuleInput } from '#simulators/hyperliquid/faults/fault.ts'
import { ACCOUNT, runVenue, type TestVenue } from '#test/simulators/hyperliquid/running-venue.ts'
import { info, marketOrder, post, signedRequest } from '#test/simulators/hyperliquid/signed-request.ts'
import { connect } from '#test/simulators/hyperliquid/stream-client.ts'

const CLOID = '0xaa000000000000000000000000000001'
type Fault = FaultRuleInput['fault']

function arm(venue: TestVenue, fault: Fault, match: FaultRuleInput['match'] = { cloid: CLOID }): void {
  venue.faults.add(faultRule.parse({ match, fault }))
}

/** What a client makes of a request: status and body, or that the connection was cut. */
async function outcome(venue: TestVenue): Promise<readonly [number, string] | 'cut'> {
  try {
    const response = await post(venue, '/exchange', signedRequest(marketOrder(CLOID), venue.engine.now()))
    return [response.status, await response.text()]
  } catch (error) {
    assert.match(String((error as Error).cause), /other side closed|ECONNRESET|terminated/)
    return 'cut'
  }
}

function landed(venue: TestVenue): boolean {
  return venue.engine.oracle.ordersByCloid(ACCOUNT, CLOID).length === 1
}

describe('an order under a fault', () => {
  const cases: readonly (readonly [fault: Fault, seen: readonly [number, string | RegExp] | 'cut', landed: boolean])[] =
    [
      [{ kind: 'lose-request' }, 'cut', false],
      [{ kind: 'lose-response' }, 'cut', true],
      [{ kind: 'error', status: 503, body: 'upstream' }, [503, 'upstream'], false],
      [{ kind: 'error-after-commit' }, [502, 'null'], true],
      [{ kind: 'rate-limit' }, [429, 'null'], false],
      [{ kind: 'delay', ms: 20 }, [200, /filled/], true],
      [{ kind: 'delay', ms: 20, when: 'after' }, [200, /filled/], true],
      [{ kind: 'garbage' }, [200, /^<html>/], true],
      [{ kind: 'garbage', processed: false, body: '{"status":' }, [200, '{"status":'], false],
    ]
  for (const [fault, seen, didLand] of cases) {
    test(`${JSON.stringify(fault)} ${didLand ? 'lands' : 'does not land'}`, async (t) => {
      const venue = await runVenue(t)
      arm(venue, fault)
      const result = await outcome(venue)
      if (seen === 'cut') assert.equal(result, 'cut')
      else {
        assert.equal(result[0], seen[0])
        if (typeof seen[1] === 'string') assert.equal(result[1], seen[1])
        else assert.match(result[1] ?? '', seen[1])
      }
      assert.equal(landed(venue), didLand)
      const next = await post(venue, '/exchange', signedRequest(marketOrder(), venue.engine.now() + 1))
      assert.equal(next.status, 200, 'the fault is spent')
    })
  }

  for (const processed of [false, true]) {
    test(`a hang that is ${processed ? '' : 'not '}processed stays silent until its client gives up`, async (t) => {
      const venue = await runVenue(t)
      arm(venue, { kind: 'hang', processed })
      const giveUp = new AbortController()
      const request = fetch(`${venue.url}/exchange`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(signedRequest(marketOrder(CLOID), venue.engine.now())),
        signal: giveUp.signal,
      })
      // Another request's answer proves that the venue has had its turn with this one.
      while (venue.faults.list()[0]?.hits === 0) await info(venue, { type: 'exchangeStatus' })
      assert.equal(landed(venue), processed)
      giveUp.abort()
      await assert.rejects(request, { name: 'AbortError' })
    })
  }
})

test('a rule for an account or an agent finds orders by who signed them', async (t) => {
  const venue = await runVenue(t)
  arm(venue, { kind: 'rate-limit' }, { action: 'order', user: ACCOUNT })
  assert.deepEqual(await outcome(venue), [429, 'null'])
})

test('a websocket post meets the same faults: it lands, and the connection is cut', async (t) => {
  const venue = await runVenue(t)
  const client = await connect(venue)
  arm(venue, { kind: 'lose-response' }, { path: '/ws', action: 'order' })
  const payload = signedRequest(marketOrder(CLOID), venue.engine.now())
  client.send({ method: 'post', id: 1, request: { type: 'action', payload } })
  assert.equal(await client.closed, 1006)
  assert.ok(landed(venue))
})

test('a websocket post that met an HTTP error or garbage says so', async (t) => {
  const venue = await runVenue(t)
  const client = await connect(venue)
  arm(venue, { kind: 'error' }, { path: '/ws' })
  arm(venue, { kind: 'garbage' }, { path: '/ws' })
  const request = { type: 'info', payload: { type: 'exchangeStatus' } }
  client.send({ method: 'post', id: 1, request })
  await client.received.first(({ data }) => JSON.stringify(data).includes('500 Internal Server Error: null'))
  client.send({ method: 'post', id: 2, request })
  await client.received.first(({ channel, data }) => channel === 'text' && String(data).startsWith('<html>'))
})

for (const [when, didLand] of [
  ['before', false],
  ['after', true],
] as const) {
  test(`a request delayed ${when} processing has ${didLand ? '' : 'not '}landed while it waits, and ends with the venue`, async (t) => {
    const venue = await runVenue(t)
    arm(venue, { kind: 'delay', when, ms: 3_600_000 })
    const waiting = outcome(venue)
    while (venue.faults.list()[0]?.hits === 0) await info(venue, { type: 'exchangeStatus' })
    assert.equal(landed(venue), didLand)
    await venue.stop()
    assert.equal(await waiting, 'cut')
    assert.equal(landed(venue), didLand)
  })
}
