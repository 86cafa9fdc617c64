/** The REST front: sign-in, tokens, budgets, malformed bodies, and what it silently tolerates (reference C1 to C4). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ES, KEY, NAME, NQ, START, USER, orderIdOf, rowsOf, runVenue } from '#test/simulators/projectx/running-venue.ts'

const DAY = 86_400_000
const OK = { success: true, errorCode: 0, errorMessage: null }

describe('sign-in', () => {
  test('gives a token for user name and key, and codes at HTTP 200 for anything else', async (t) => {
    const venue = await runVenue(t)
    const login = (body: object) => venue.post('/api/Auth/loginKey', body, '')
    const good = await login({ userName: USER, apiKey: KEY })
    assert.partialDeepStrictEqual(good, { status: 200, body: OK })
    assert.match(String(good.body['token']), /^eyJ/)
    for (const body of [{ userName: USER, apiKey: 'wrong' }, { userName: 'nobody', apiKey: KEY }, {}]) {
      const { status, body: answer } = await login(body)
      assert.deepEqual([status, answer], [200, { token: null, success: false, errorCode: 3, errorMessage: null }])
    }
    await venue.control.call('setLoginError', { userName: USER, errorCode: 9 })
    assert.equal((await login({ userName: USER, apiKey: KEY })).body['errorCode'], 9)
    await venue.control.call('setLoginError', { userName: USER, errorCode: 0 })
    assert.equal((await login({ userName: USER, apiKey: KEY })).body['errorCode'], 0)
  })

  test('keeps several tokens good for 24 hours each; validate gives a newer one; logout ends one', async (t) => {
    const venue = await runVenue(t)
    const status = async (token: string) => (await venue.post('/api/Account/search', {}, token)).status
    await venue.control.call('advanceClock', { ms: DAY - 1 })
    const validated = await venue.post('/api/Auth/validate', '')
    assert.partialDeepStrictEqual(validated.body, OK)
    const newer = String(validated.body['newToken'])
    assert.deepEqual([await status(venue.token), await status(newer)], [200, 200])
    await venue.control.call('advanceClock', { ms: 1 })
    assert.deepEqual([await status(venue.token), await status(newer)], [401, 200])
    assert.deepEqual((await venue.post('/api/Auth/logout', {}, newer)).body, OK)
    assert.equal(await status(newer), 401)
  })

  test('is asked for by every path but ping', async (t) => {
    const venue = await runVenue(t)
    for (const token of ['', 'eyJ.made.up']) {
      assert.equal((await venue.post('/api/Order/place', { accountId: venue.account }, token)).status, 401)
      assert.equal((await venue.post('/api/Auth/validate', {}, token)).status, 401)
    }
    const ping = await fetch(`${venue.url}/api/Status/ping`)
    assert.deepEqual([ping.status, await ping.text()], [200, 'pong'])
    await venue.control.call('expireTokens', { userName: USER })
    assert.equal((await venue.place()).status, 401)
    assert.deepEqual(await venue.control.call('expireTokens', {}), { expired: 0 })
  })
})

describe('request budgets', () => {
  test('are 200 a minute in general and 50 bars requests in half a minute, each on its own', async (t) => {
    const venue = await runVenue(t)
    const ask = async (path: string, times: number) => {
      const statuses = new Map<number, number>()
      for (let request = 0; request < times; request++) {
        const { status } = await venue.post(path, { contractId: NQ })
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
      return Object.fromEntries(statuses)
    }
    assert.deepEqual(await ask('/api/Account/search', 203), { 200: 200, 429: 3 })
    assert.deepEqual(await ask('/api/History/retrieveBars', 52), { 200: 50, 429: 2 })
    await venue.control.call('advanceClock', { ms: 30_000 })
    assert.deepEqual(await ask('/api/History/retrieveBars', 1), { 200: 1 })
    assert.deepEqual(await ask('/api/Account/search', 1), { 429: 1 })
    await venue.control.call('advanceClock', { ms: 30_000 })
    assert.deepEqual(await ask('/api/Account/search', 1), { 200: 1 })
  })

  test('can be scaled', async (t) => {
    const venue = await runVenue(t, { rateLimits: 0.01 })
    const statuses = []
    for (let request = 0; request < 3; request++) statuses.push((await venue.post('/api/Account/search', {})).status)
    assert.deepEqual(statuses, [200, 200, 429])
  })
})

describe('bodies', () => {
  test('that are no JSON, carry enums as texts or dates that are none are malformed', async (t) => {
    const venue = await runVenue(t)
    for (const [path, body] of [
      ['/api/Order/place', '{'],
      ['/api/Order/place', { accountId: venue.account, contractId: NQ, type: 'Market', side: 0, size: 1 }],
      ['/api/Order/place', { accountId: venue.account, contractId: NQ, type: 2, side: '0', size: 1 }],
      ['/api/Order/place', { accountId: venue.account, contractId: NQ, type: 1, size: 1, limitPrice: '20000' }],
      ['/api/Order/place', { accountId: venue.account, contractId: NQ, type: 2, side: null, size: 1 }],
      ['/api/Trade/search', { accountId: venue.account, startTimestamp: 'yesterday' }],
      ['/api/Order/v2/query', { accountId: venue.account }],
      ['/api/Order/v2/query', { filter: { accountId: venue.account }, pageSize: 0 }],
      ['/api/Order/v2/query', { filter: { accountId: venue.account, statuses: [9] } }],
      ['/api/Order/v2/query', { filter: { accountId: venue.account }, sortBy: 2 }],
    ] as const) {
      const answer = await venue.post(path, body)
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.partialDeepStrictEqual(answer.body, { title: 'One or more validation errors occurred.', status: 400 })
    }
    assert.deepEqual((await venue.control.call('ledger', { account: NAME })).orders, [])
  })

  test('with unknown or misspelt fields are taken as if these were not there', async (t) => {
    const venue = await runVenue(t)
    await venue.place()
    const misspelt = await venue.post('/api/Trade/search', {
      accountId: venue.account,
      startTime: '2030-01-01T00:00:00Z',
    })
    assert.equal(rowsOf(misspelt, 'trades').length, 1, 'the bound is silently ignored')
    const sideless = await venue.post('/api/Order/place', {
      accountId: venue.account,
      contractId: NQ,
      type: 2,
      size: 1,
    })
    assert.partialDeepStrictEqual(sideless.body, OK)
    const positions = await venue.post('/api/Position/searchOpen', { accountId: venue.account })
    assert.partialDeepStrictEqual(rowsOf(positions, 'positions'), [{ type: 1, size: 2 }])
  })

  test('of another type, path or method are refused before anything else', async (t) => {
    const venue = await runVenue(t)
    assert.equal((await venue.post('/api/Order/nothing', {})).status, 404)
    const get = await fetch(`${venue.url}/api/Order/place`)
    assert.equal(get.status, 405)
    const headers = { authorization: `Bearer ${venue.token}`, 'content-type': 'text/plain' }
    assert.equal((await fetch(`${venue.url}/api/Order/place`, { method: 'POST', headers, body: '{}' })).status, 415)
  })
})

describe('accounts of others', () => {
  test('are not found by any endpoint, in the terms of each', async (t) => {
    const venue = await runVenue(t)
    const other = await venue.control.call('createAccount', { name: 'PRAC-V2-2', userName: 'other', apiKey: 'x' })
    const request = {
      accountId: other.id,
      contractId: NQ,
      orderId: 1,
      size: 1,
      type: 2,
      startTimestamp: '2026-01-01T00:00:00Z',
    }
    for (const path of [
      '/api/Order/place',
      '/api/Order/modify',
      '/api/Order/cancel',
      '/api/Order/search',
      '/api/Order/searchOpen',
      '/api/Order/searchById',
      '/api/Position/searchOpen',
      '/api/Position/closeContract',
      '/api/Position/partialCloseContract',
      '/api/Trade/search',
    ]) {
      assert.partialDeepStrictEqual(await venue.post(path, request), {
        status: 200,
        body: { success: false, errorCode: 1 },
      })
    }
    const query = await venue.post('/api/Order/v2/query', { filter: { accountId: other.id } })
    assert.partialDeepStrictEqual(query.body, { success: false, errorCode: 1 })
    const accounts = await venue.post('/api/Account/search', { onlyActiveAccounts: true })
    assert.deepEqual(
      rowsOf(accounts, 'accounts').map(({ id }) => id),
      [venue.account],
    )
  })

  test('and invisible ones of one’s own are left out of the active ones', async (t) => {
    const venue = await runVenue(t)
    await venue.control.call('setAccount', { account: NAME, isVisible: false, canTrade: false, name: 'EXPRESS-V2-1' })
    const active = await venue.post('/api/Account/search', { onlyActiveAccounts: true })
    assert.deepEqual(rowsOf(active, 'accounts'), [])
    const all = await venue.post('/api/Account/search', { onlyActiveAccounts: false })
    assert.partialDeepStrictEqual(rowsOf(all, 'accounts'), [{ name: 'EXPRESS-V2-1', canTrade: false }])
  })
})

describe('market data', () => {
  test('of the other tier is silently empty; a contract unknown by id is an error', async (t) => {
    const venue = await runVenue(t)
    for (const path of ['/api/Contract/search', '/api/Contract/available']) {
      assert.deepEqual((await venue.post(path, { searchText: 'NQ', live: true })).body, { contracts: [], ...OK })
    }
    const found = await venue.post('/api/Contract/search', { searchText: 'NQ', live: false })
    assert.partialDeepStrictEqual(rowsOf(found, 'contracts')[0], { id: NQ, activeContract: true })
    const unknown = await venue.post('/api/Contract/searchById', { contractId: 'CON.F.US.ENQ.X26' })
    assert.deepEqual(unknown.body, { contract: null, success: false, errorCode: 1, errorMessage: null })
    const expired = await venue.post('/api/Contract/searchById', { contractId: 'CON.F.US.ENQ.H25' })
    assert.partialDeepStrictEqual(expired.body, { contract: { id: 'CON.F.US.ENQ.H25', activeContract: false } })
  })

  test('has bars newest first, flat where nothing traded, partial ones only when asked for', async (t) => {
    const venue = await runVenue(t)
    const bars = async (words: object) =>
      venue.post('/api/History/retrieveBars', {
        contractId: ES,
        live: false,
        startTime: '2026-01-01T00:00:00Z',
        unit: 2,
        unitNumber: 1,
        limit: 10,
        ...words,
      })
    await venue.control.call('setMark', { contract: 'ES', price: '6000' })
    for (const [ms, price] of [
      [10_000, '6010.25'],
      [20_000, '5990'],
      [130_000, '6005.5'],
    ] as const) {
      await venue.control.call('advanceClock', { ms })
      await venue.control.call('setMark', { contract: 'ES', price })
    }
    assert.deepEqual(rowsOf(await bars({ includePartialBar: true }), 'bars'), [
      { t: '2026-01-06T15:02:00+00:00', o: 5990, h: 6005.5, l: 5990, c: 6005.5, v: 1 },
      { t: '2026-01-06T15:01:00+00:00', o: 5990, h: 5990, l: 5990, c: 5990, v: 0 },
      { t: '2026-01-06T15:00:00+00:00', o: 6000, h: 6010.25, l: 5990, c: 5990, v: 3 },
    ])
    assert.equal(rowsOf(await bars({ limit: 1 }), 'bars')[0]?.['t'], '2026-01-06T15:01:00+00:00')
    for (const [words, code] of [
      [{ contractId: 'nothing' }, 1],
      [{ unit: 7 }, 2],
      [{ unitNumber: 0 }, 3],
      [{ limit: 20_001 }, 4],
    ] as const) {
      assert.partialDeepStrictEqual((await bars(words)).body, { bars: [], success: false, errorCode: code })
    }
  })
})

describe('order searches', () => {
  test('page, sort and count as asked; the open one leaves suspended children out', async (t) => {
    const venue = await runVenue(t)
    const bracket = { stopLossBracket: { ticks: -10, type: 4 }, takeProfitBracket: { ticks: 10, type: 1 } }
    const entry = orderIdOf(await venue.place({ type: 1, limitPrice: 19_000, customTag: 'a.1', ...bracket }))
    await venue.control.call('advanceClock', { ms: 1000 })
    const market = orderIdOf(await venue.place())
    const account = { accountId: venue.account }
    const ids = (answer: Awaited<ReturnType<typeof venue.post>>) => rowsOf(answer, 'orders').map(({ id }) => id)
    assert.deepEqual(ids(await venue.post('/api/Order/searchOpen', account)), [entry])
    const query = (words: object, filter: object = {}) =>
      venue.post('/api/Order/v2/query', { filter: { ...account, ...filter }, ...words })
    const page = await query({ pageSize: 2, pageOffset: 1, sortBy: 1, sortDirection: 1, includeTotalCount: true })
    assert.deepEqual(ids(page), [entry + 2, entry + 1])
    assert.equal(page.body['totalCount'], 4)
    assert.deepEqual(ids(await query({}, { statuses: [1, 8] })), [entry, entry + 1, entry + 2])
    assert.deepEqual(ids(await query({}, { createdAfter: '2026-01-06T15:00:00.5Z' })), [market])
    assert.deepEqual(ids(await query({}, { contractId: ES })), [])
    const since = { ...account, startTimestamp: new Date(START + 500).toISOString() }
    assert.deepEqual(ids(await venue.post('/api/Order/search', since)), [market])
    const byId = await venue.post('/api/Order/searchById', { ...account, orderId: entry + 1 })
    assert.partialDeepStrictEqual(byId.body, { order: { id: entry + 1, status: 8 }, ...OK })
    assert.partialDeepStrictEqual((await venue.post('/api/Order/searchById', { ...account, orderId: 1 })).body, {
      order: null,
      errorCode: 2,
    })
  })
})

test('the Date header tells the venue’s time', async (t) => {
  const venue = await runVenue(t)
  const response = await fetch(`${venue.url}/api/Status/ping`)
  assert.equal(Date.parse(response.headers.get('date') ?? ''), START)
})
