/** What a client sees of each fault, and whether the venue acted: the question the victim has to answer. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { faultRule, type FaultRuleInput } from '#simulators/projectx/faults/fault.ts'
import { Collected } from '#test/simulators/collected.ts'
import { ES, NAME, NQ, orderIdOf, rowsOf, runVenue, type TestVenue } from '#test/simulators/projectx/running-venue.ts'

const TAG = 'a.1'
type Fault = FaultRuleInput['fault']

function arm(venue: TestVenue, fault: Fault, match: FaultRuleInput['match'] = { customTag: TAG }, count = 1): void {
  venue.faults.add(faultRule.parse({ match, fault, count }))
}

function landed(venue: TestVenue): boolean {
  return venue.engine.oracle.ordersByTag(NAME, TAG).length === 1
}

/** What a client makes of a request: status and body, or that the connection was cut. */
async function outcome(venue: TestVenue): Promise<readonly [number, string] | 'cut'> {
  try {
    const { status, text } = await venue.place({ customTag: TAG })
    return [status, text]
  } catch (error) {
    assert.match(String((error as Error).cause), /other side closed|ECONNRESET|terminated/)
    return 'cut'
  }
}

describe('an order under a fault', () => {
  const unknown = '{"success":false,"errorCode":7,"errorMessage":null,"orderId":null}'
  const cases: readonly (readonly [fault: Fault, seen: readonly [number, RegExp] | 'cut', landed: boolean])[] = [
    [{ kind: 'lose-request' }, 'cut', false],
    [{ kind: 'lose-response' }, 'cut', true],
    [{ kind: 'error', status: 503, body: 'upstream' }, [503, /^upstream$/], false],
    [{ kind: 'error-after-commit' }, [502, /^null$/], true],
    [{ kind: 'rate-limit' }, [429, /^$/], false],
    [{ kind: 'delay', ms: 20 }, [200, /"success":true/], true],
    [{ kind: 'garbage' }, [200, /^<html>/], true],
    [{ kind: 'unauthorized' }, [401, /^$/], false],
    [{ kind: 'error-code', code: 6, processed: true }, [200, /"success":false,"errorCode":6/], true],
    [{ kind: 'error-code', code: 7 }, [200, /"success":false,"errorCode":7/], false],
  ]
  for (const [fault, seen, didLand] of cases) {
    test(`${JSON.stringify(fault)} ${didLand ? 'lands' : 'does not land'}`, async (t) => {
      const venue = await runVenue(t)
      arm(venue, fault)
      const result = await outcome(venue)
      if (seen === 'cut' || result === 'cut') assert.equal(result, seen)
      else {
        assert.equal(result[0], seen[0])
        assert.match(result[1], seen[1])
      }
      assert.equal(landed(venue), didLand)
      assert.equal((await venue.place()).status, 200, 'the fault is spent')
    })
  }

  test('a refusal that was executed hides the order’s id', async (t) => {
    const venue = await runVenue(t)
    arm(venue, { kind: 'error-code', code: 7, processed: true })
    const { text, body } = await venue.place({ customTag: TAG })
    assert.deepEqual(JSON.parse(unknown), body, text)
    assert.equal(landed(venue), true)
  })

  test('a hang stays silent until its client gives up, and was carried out', async (t) => {
    const venue = await runVenue(t)
    arm(venue, { kind: 'hang', processed: true })
    const giveUp = new AbortController()
    const request = fetch(`${venue.url}/api/Order/place`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${venue.token}` },
      body: JSON.stringify({ accountId: venue.account, contractId: NQ, type: 2, side: 0, size: 1, customTag: TAG }),
      signal: giveUp.signal,
    })
    // Another request's answer proves that the venue has had its turn with this one.
    while (venue.faults.list()[0]?.hits === 0) await venue.post('/api/Account/search', {})
    assert.equal(landed(venue), true)
    giveUp.abort()
    await assert.rejects(request, { name: 'AbortError' })
  })
})

describe('a rule', () => {
  test('finds requests by path, account name or id, contract, and by the tag of the order they are about', async (t) => {
    const venue = await runVenue(t)
    const orderId = orderIdOf(await venue.place({ type: 1, limitPrice: 19_000, customTag: TAG }))
    const cancel = () => venue.post('/api/Order/cancel', { accountId: venue.account, orderId })
    for (const match of [
      { path: '/api/Order/cancel' },
      { path: '/api/Order/cancel', account: NAME },
      { account: venue.account },
      { customTag: TAG },
    ]) {
      arm(venue, { kind: 'rate-limit' }, match)
      assert.equal((await cancel()).status, 429, JSON.stringify(match))
    }
    arm(venue, { kind: 'rate-limit' }, { contract: ES })
    assert.equal((await venue.place()).status, 200)
    assert.equal((await venue.place({ contractId: ES })).status, 429)
    assert.equal((await cancel()).body['success'], true)
  })
})

describe('a read under a fault', () => {
  const list = (venue: TestVenue, path: string) => venue.post(path, { accountId: venue.account })

  test('misses a hidden order in every search, and only that one', async (t) => {
    const venue = await runVenue(t)
    await venue.place({ type: 1, limitPrice: 19_000, customTag: 'other' })
    const orderId = orderIdOf(await venue.place({ type: 1, limitPrice: 19_000, customTag: TAG }))
    const tags = async (path: string) => rowsOf(await list(venue, path), 'orders').map(({ customTag }) => customTag)
    for (const path of ['/api/Order/search', '/api/Order/searchOpen']) {
      arm(venue, { kind: 'hide-order' })
      assert.deepEqual(await tags(path), ['other'], path)
      assert.deepEqual(await tags(path), ['other', TAG], 'the fault is spent')
    }
    arm(venue, { kind: 'hide-order' })
    const query = await venue.post('/api/Order/v2/query', { filter: { accountId: venue.account } })
    assert.equal(rowsOf(query, 'orders').length, 1)
    arm(venue, { kind: 'hide-order' })
    const byId = await venue.post('/api/Order/searchById', { accountId: venue.account, orderId })
    assert.equal(byId.body['errorCode'], 2)
  })

  test('is as stale as told: orders, positions, trades and balance of a while ago', async (t) => {
    const venue = await runVenue(t)
    await venue.place()
    await venue.control.call('advanceClock', { ms: 60_000 })
    await venue.control.call('setMark', { contract: 'NQ', price: '20010' })
    await venue.place({ side: 1 })
    arm(venue, { kind: 'stale', ms: 30_000 }, {}, 4)
    assert.equal(rowsOf(await list(venue, '/api/Order/search'), 'orders').length, 1)
    assert.partialDeepStrictEqual(rowsOf(await list(venue, '/api/Position/searchOpen'), 'positions'), [{ size: 1 }])
    assert.equal(rowsOf(await list(venue, '/api/Trade/search'), 'trades').length, 1)
    assert.equal(rowsOf(await list(venue, '/api/Account/search'), 'accounts')[0]?.['balance'], 49_998.1)
    assert.deepEqual(rowsOf(await list(venue, '/api/Position/searchOpen'), 'positions'), [])
    assert.equal(rowsOf(await list(venue, '/api/Account/search'), 'accounts')[0]?.['balance'], 50_196.2)
  })

  test('is cut short, or misses the newest trades, without a word', async (t) => {
    const venue = await runVenue(t)
    for (const size of [1, 2, 3]) await venue.place({ size })
    const sizes = async () => rowsOf(await list(venue, '/api/Trade/search'), 'trades').map(({ size }) => size)
    arm(venue, { kind: 'truncate', rows: 2 }, { path: '/api/Trade/search' })
    assert.deepEqual(await sizes(), [3, 2])
    arm(venue, { kind: 'trade-lag' }, { account: NAME })
    assert.deepEqual(await sizes(), [2, 1])
    assert.deepEqual(await sizes(), [3, 2, 1])
  })
})

describe('the stream under a fault', () => {
  async function listen(venue: TestVenue) {
    const hub = new HubConnectionBuilder()
      .withUrl(`${venue.url}/hubs/user`, {
        skipNegotiation: true,
        transport: HttpTransportType.WebSockets,
        accessTokenFactory: () => venue.token,
      })
      .configureLogging(LogLevel.None)
      .build()
    const seen = new Collected<string>()
    hub.on('GatewayUserTrade', () => seen.add('trade'))
    hub.on('GatewayUserAccount', () => seen.add('account'))
    const closed = new Promise<void>((resolve) => hub.onclose(() => resolve()))
    venue.beforeStop(() => hub.stop())
    await hub.start()
    await hub.invoke('SubscribeAccounts')
    await hub.invoke('SubscribeTrades', venue.account)
    return { seen, closed }
  }

  test('repeats, loses or delays an event', async (t) => {
    const venue = await runVenue(t)
    const { seen } = await listen(venue)
    const match = { target: 'GatewayUserTrade', customTag: TAG }
    arm(venue, { kind: 'duplicate-event' }, match)
    await venue.place({ customTag: TAG })
    await seen.first((event) => event === 'account')
    assert.deepEqual(seen.events, ['trade', 'trade', 'account'])
    seen.events.length = 0
    arm(venue, { kind: 'withhold-event' }, { target: 'GatewayUserTrade', account: NAME })
    await venue.place()
    await seen.first((event) => event === 'account')
    assert.deepEqual(seen.events, ['account'])
    seen.events.length = 0
    arm(venue, { kind: 'withhold-event', releaseAfterMs: 20 }, { path: '/hubs/user', contract: NQ })
    await venue.place()
    await seen.first((event) => event === 'trade')
    assert.deepEqual(seen.events, ['account', 'trade'], 'late, and so out of order')
  })

  test('cuts the connection in place of the event', async (t) => {
    const venue = await runVenue(t)
    const { seen, closed } = await listen(venue)
    arm(venue, { kind: 'drop-socket' }, { target: 'GatewayUserTrade' })
    await venue.place()
    await closed
    assert.deepEqual(seen.events, [])
  })
})
