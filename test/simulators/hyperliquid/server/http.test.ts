/** The REST front: the venue's own refusals, its precedence, and what it tolerates (reference sections 0.7, 1 and 1.4). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { userSignedDigest } from '#simulators/hyperliquid/wire/typed-data.ts'
import { ACCOUNT, AGENT, MASTER, runVenue } from '#test/simulators/hyperliquid/running-venue.ts'
import { marketOrder, post, sign, signedRequest } from '#test/simulators/hyperliquid/signed-request.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

describe('the REST front', () => {
  test('refuses what is no JSON, no known request or no JSON type in the words of the venue', async (t) => {
    const venue = await runVenue(t)
    const cases = [
      ['/info', JSON_TYPE, '{', 400, 'Failed to parse the request body as JSON'],
      ['/exchange', JSON_TYPE, 'x', 400, 'Failed to parse the request body as JSON'],
      ['/info', JSON_TYPE, '{"type":"nothing"}', 422, 'Failed to deserialize the JSON body into the target type'],
      ['/info', JSON_TYPE, '{"type":"l2Book"}', 422, 'Failed to deserialize the JSON body into the target type'],
      ['/exchange', JSON_TYPE, '{"action":{}}', 422, 'Failed to deserialize the JSON body into the target type'],
      ['/info', { 'content-type': 'text/plain' }, '{}', 415, 'Expected request with `Content-Type: application/json`'],
      ['/info', JSON_TYPE, '{"type":"l2Book","coin":"BTC","mantissa":5}', 500, 'null'],
      ['/nowhere', JSON_TYPE, '{}', 404, 'Not Found'],
    ] as const
    for (const [path, headers, body, status, text] of cases) {
      const response = await fetch(venue.url + path, { method: 'POST', headers, body })
      assert.deepEqual([response.status, await response.text()], [status, text], `${path} ${body}`)
    }
  })

  test('takes JSON types with a suffix or a charset', async (t) => {
    const venue = await runVenue(t)
    for (const type of ['application/vnd.x+json', 'application/json; charset=utf-8']) {
      const response = await fetch(`${venue.url}/info`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{"type":"exchangeStatus"}',
      })
      assert.equal(response.status, 200)
      assert.match(response.headers.get('content-type') ?? '', /application\/json/)
    }
  })

  test('tells the time of the venue in its Date header', async (t) => {
    const start = Date.UTC(2030, 0, 1)
    const venue = await runVenue(t, { clock: { kind: 'manual', start } })
    const response = await post(venue, '/info', { type: 'exchangeStatus' })
    assert.equal(Date.parse(response.headers.get('date') ?? ''), start)
    assert.deepEqual(await response.json(), { specialStatuses: null, time: start })
  })

  test('answers an unknown coin with null and an unknown user as an empty account', async (t) => {
    const venue = await runVenue(t)
    assert.equal(await (await post(venue, '/info', { type: 'l2Book', coin: 'NONE' })).json(), null)
    assert.deepEqual(await (await post(venue, '/info', { type: 'userFills', user: '0xnobody' })).json(), [])
  })
})

describe('/exchange', () => {
  test('takes signatures whose r or s lost their leading zeros', async (t) => {
    const venue = await runVenue(t)
    let nonce = venue.engine.now()
    while (!signedRequest({ type: 'noop' }, nonce).signature.r.startsWith('0x0')) nonce++
    const request = signedRequest({ type: 'noop' }, nonce)
    const signature = { ...request.signature, r: `0x${request.signature.r.slice(2).replace(/^0+/, '')}` }
    const response = await post(venue, '/exchange', { ...request, signature })
    assert.deepEqual(await response.json(), { status: 'ok', response: { type: 'default' } })
  })

  test('hashes the canonical form: padded decimals, upper-case cloids and another key order keep the signer', async (t) => {
    const venue = await runVenue(t)
    const cloid = '0xabcdef00000000000000000000000001'
    const request = signedRequest(marketOrder(cloid), venue.engine.now())
    const action = {
      grouping: 'na',
      orders: [
        {
          c: `0x${cloid.slice(2).toUpperCase()}`,
          t: { limit: { tif: 'Ioc' } },
          r: false,
          s: '0.0100',
          p: '101000.0',
          b: true,
          a: 0,
        },
      ],
      type: 'order',
    }
    const body = await (await post(venue, '/exchange', { ...request, action })).json()
    assert.partialDeepStrictEqual(body, { status: 'ok', response: { data: { statuses: [{ filled: { cloid } }] } } })
  })

  test('recovers a stranger from a signature for the other network or over other bytes', async (t) => {
    const venue = await runVenue(t)
    const now = venue.engine.now()
    const wrong = [
      signedRequest(marketOrder(), now, { network: 'testnet' }),
      { ...signedRequest(marketOrder(), now), nonce: now + 1 },
      { ...signedRequest(marketOrder(), now), expiresAfter: now + 60_000 },
    ]
    for (const request of wrong) {
      const body = (await (await post(venue, '/exchange', request)).json()) as { readonly response: string }
      assert.match(body.response, /^User or API Wallet 0x[0-9a-f]{40} does not exist\.$/)
    }
    assert.deepEqual(venue.engine.oracle.ledger(ACCOUNT).orders, [])
  })

  test('executes a byte-identical repeat once and calls the second a duplicate nonce', async (t) => {
    const venue = await runVenue(t)
    const request = signedRequest(marketOrder(), venue.engine.now())
    const first = await (await post(venue, '/exchange', request)).json()
    assert.partialDeepStrictEqual(first, { status: 'ok' })
    const second = await (await post(venue, '/exchange', request)).json()
    assert.deepEqual(second, { status: 'err', response: `Invalid nonce: duplicate nonce ${request.nonce}` })
    assert.equal(venue.engine.oracle.ledger(ACCOUNT).orders.length, 1)
  })

  test('admits an expired action, spends its nonce, and executes nothing', async (t) => {
    const venue = await runVenue(t)
    const now = venue.engine.now()
    const request = signedRequest(marketOrder(), now, { expiresAfter: now - 1 })
    const expired = await (await post(venue, '/exchange', request)).json()
    assert.deepEqual(expired, { status: 'err', response: 'Action already expired' })
    const again = await (await post(venue, '/exchange', request)).json()
    assert.deepEqual(again, { status: 'err', response: `Invalid nonce: duplicate nonce ${now}` })
    assert.deepEqual(venue.engine.oracle.ledger(ACCOUNT).orders, [])
  })

  test('refuses a user-signed action with another inner nonce, for the other network, or from an agent', async (t) => {
    const venue = await runVenue(t)
    const nonce = venue.engine.now()
    const send = async (chain: string, inner: number, privateKey: string) => {
      const action = {
        type: 'usdClassTransfer',
        signatureChainId: '0x66eee',
        hyperliquidChain: chain,
        amount: '5',
        toPerp: false,
        nonce: inner,
      }
      const signature = sign(userSignedDigest(action), privateKey)
      return (await post(venue, '/exchange', { action, nonce, signature })).json()
    }
    assert.deepEqual(await send('Mainnet', nonce + 1, MASTER.privateKey), {
      status: 'err',
      response: 'Nonce mismatch.',
    })
    const stranger = `0x${'77'.repeat(32)}`
    assert.deepEqual(await send('Mainnet', nonce + 1, stranger), { status: 'err', response: 'Nonce mismatch.' })
    assert.deepEqual(await send('Testnet', nonce, MASTER.privateKey), {
      status: 'err',
      response: 'Mainnet and testnet require different signature.',
    })
    assert.deepEqual(await send('Mainnet', nonce, AGENT.privateKey), {
      status: 'err',
      response: `Must deposit before performing actions. User: ${AGENT.address.toLowerCase()}`,
    })
    assert.deepEqual(await send('Mainnet', nonce, MASTER.privateKey), { status: 'ok', response: { type: 'default' } })
    assert.equal(venue.engine.account.spotUsdc(ACCOUNT), '5')
  })
})
