/** A venue that echoes our own key, secret and token in every answer: no error, outcome, evidence or hint of an adapter repeats them. */
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { WebSocketServer } from 'ws'
import type { Broker, Hint } from '#brokers/broker.ts'
import { openBybitBroker } from '#brokers/bybit/bybit-broker.ts'
import { openProjectXBroker } from '#brokers/projectx/projectx-broker.ts'
import { Secret } from '#config/secret.ts'
import { decimalString } from '#domain/decimal.ts'
import { INSTRUMENT_ROWS, NOW as BYBIT_NOW } from '#test/brokers/bybit/scripted-venue.ts'
import { cancelOf, entryOf, refOf } from '#test/brokers/orders.ts'
import { ACCOUNT, NOW as PROJECTX_NOW, NQ } from '#test/brokers/projectx/scripted-venue.ts'
import { eventually } from '#test/support/eventually.ts'
import { leaksIn, type Planted } from './leak-search.ts'

const KEY = 'pLanted7Key0fBybit'
const SECRET = 'pLanted7Secret0fBybit4nEverShownAny1'
const API_KEY = 'pLanted/Api+Key0fProjectX8nEverShown='
const TOKEN = 'eyJhbGciOiJub25lIn0.cGxhbnRlZC1zZXNzaW9uLXRva2Vu.9fPlantedTokenSignature'
const SECRETS: readonly Planted[] = [
  { what: 'API key of Bybit', value: KEY },
  { what: 'API secret of Bybit', value: SECRET },
  { what: 'API key of ProjectX', value: API_KEY },
  { what: 'session token of ProjectX', value: TOKEN },
]
/** What a venue was sent, in the forms in which servers, proxies and their pages echo it. */
function echoOf(venue: 'Bybit' | 'ProjectX'): string {
  return SECRETS.filter(({ what }) => what.endsWith(venue))
    .flatMap(({ value }) => [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
      Buffer.from(value).toString('hex'),
      JSON.stringify(JSON.stringify({ value })),
    ])
    .join(' | ')
}

type Answer = (path: string, query: string) => { readonly status: number; readonly body: string } | null

/** Ways to echo: each answers everything in one form. */
const ECHOES: readonly (readonly [name: string, answer: (words: string) => { status: number; body: string }])[] = [
  ['a page of a proxy', (words) => ({ status: 502, body: `<html>${words}</html>` })],
  ['a good status and no JSON', (words) => ({ status: 200, body: `OK ${words}` })],
  ['JSON of another form', (words) => ({ status: 200, body: JSON.stringify({ headers: words }) })],
  [
    'a refusal in words',
    (words) => ({
      status: 200,
      body: JSON.stringify({
        retCode: 10003,
        retMsg: words,
        result: {},
        time: BYBIT_NOW,
        success: false,
        errorCode: 2,
        errorMessage: words,
        orderId: 5,
      }),
    }),
  ],
  [
    'an unknown code in words',
    (words) => ({
      status: 200,
      body: JSON.stringify({
        retCode: 77,
        retMsg: words,
        result: {},
        time: BYBIT_NOW,
        success: false,
        errorCode: 77,
        errorMessage: words,
      }),
    }),
  ],
  [
    'success with odd fields',
    (words) => ({
      status: 200,
      body: JSON.stringify({
        retCode: 0,
        retMsg: '',
        result: { list: [{ symbol: words, orderId: words }], orderId: 7 },
        time: BYBIT_NOW,
        success: true,
        errorCode: 0,
        errorMessage: null,
        orders: [{ id: words }],
        trades: [{ id: words }],
        positions: words,
        accounts: [{ id: words }],
        contracts: words,
        order: { id: words },
      }),
    }),
  ],
  ['a 401', (words) => ({ status: 401, body: words })],
  [
    'a 400 of a validator',
    (words) => ({ status: 400, body: JSON.stringify({ status: 400, errors: { request: [words] } }) }),
  ],
]

async function serve(t: TestContext, venue: 'Bybit' | 'ProjectX', answer: Answer): Promise<string> {
  const words = echoOf(venue)
  const sockets = new WebSocketServer({ noServer: true })
  const server = createServer((request: IncomingMessage, response) => {
    request.resume().on('end', () => {
      const [path = '', query = ''] = (request.url ?? '').split('?')
      const { status, body } = answer(path, query) ?? { status: 404, body: '' }
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    })
  })
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data: Buffer) => {
        const text = data.toString()
        if (text.includes('"protocol"')) client.send(`{}\u001e{"type":7,"error":${JSON.stringify(words)}}\u001e`)
        else client.send(JSON.stringify({ op: 'auth', success: false, ret_msg: words }))
        setTimeout(() => client.terminate(), 20)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** All that a broker says of anything, errors with their stacks and causes. */
async function everythingSaid(broker: Broker, instrument: string, now: number): Promise<string[]> {
  const size = decimalString('1')
  const limitPrice = decimalString('20000')
  const entry = entryOf('a', { instrument, size, limitPrice })
  const cancel = { ...cancelOf('a'), instrument, targetVenueOrderId: '7' }
  const asks: (() => Promise<unknown>)[] = [
    () => broker.readAccount(),
    () => broker.listOpenOrders(),
    () => broker.findOrder(refOf('a', instrument)),
    () => broker.listFills({ from: now - 1_000, through: now }),
    () => broker.listCash({ from: now - 1_000, through: now }),
    () => broker.listInstruments(),
    () => broker.readMarks(),
    () => broker.checkCredentials(now),
    ...[entry, cancel].flatMap((command) => {
      const request = broker.prepare(command, { nonce: 1, now })
      return [
        async () => broker.send(await request, command),
        async () => broker.resolve(await request, command, { now, resend: true }),
        async () => broker.fence(await request, now),
      ]
    }),
  ]
  const said: string[] = []
  for (const ask of asks) {
    try {
      said.push(inspect(await ask(), { depth: 9 }))
    } catch (error) {
      said.push(inspect(error, { depth: 9, showHidden: true }), String((error as Error).stack))
    }
  }
  return said
}

for (const [name, echo] of ECHOES) {
  test(`Bybit echoes our key and secret as ${name}`, async (t) => {
    let echoing = false
    const envelope = (result: object) => ({
      status: 200,
      body: JSON.stringify({ retCode: 0, retMsg: 'OK', result, time: BYBIT_NOW }),
    })
    const url = await serve(t, 'Bybit', (path) => {
      if (echoing) return echo(echoOf('Bybit'))
      return envelope(path.endsWith('instruments-info') ? { list: INSTRUMENT_ROWS, nextPageCursor: '' } : { list: [] })
    })
    const broker = await openBybitBroker({
      account: 'hostile',
      apiKey: new Secret(KEY),
      apiSecret: new Secret(SECRET),
      baseUrl: url,
      wsUrl: `${url.replace('http', 'ws')}/v5/private`,
      clock: () => BYBIT_NOW,
      resolver: { lookups: 1, spanMs: 0, marginMs: 0 },
      requestsPerSecond: 1_000_000,
    })
    t.after(() => broker.close())
    echoing = true
    const said = await everythingSaid(broker, 'BTC-PERP', BYBIT_NOW)
    requireNoLeak(said)
  })

  test(`ProjectX echoes our key and token as ${name}`, async (t) => {
    let echoing = false
    const good: Readonly<Record<string, object>> = {
      '/api/Auth/loginKey': { token: TOKEN },
      '/api/Account/search': { accounts: [ACCOUNT] },
      '/api/Contract/available': { contracts: [NQ] },
    }
    const url = await serve(t, 'ProjectX', (path) => {
      if (echoing) return echo(echoOf('ProjectX'))
      return { status: 200, body: JSON.stringify({ success: true, errorCode: 0, errorMessage: null, ...good[path] }) }
    })
    const broker = await openProjectXBroker({
      account: 'hostile',
      userName: 'user',
      apiKey: new Secret(API_KEY),
      accountId: ACCOUNT.id,
      baseUrl: url,
      rtcUrl: null,
      clock: () => PROJECTX_NOW,
      requestsPerMinute: 1_000_000,
      barsPer30s: 1_000_000,
      resolver: { lookups: 1, spanMs: 0 },
    })
    t.after(() => broker.close())
    echoing = true
    requireNoLeak(await everythingSaid(broker, 'NQZ6', PROJECTX_NOW))
  })
}

test('streams that refuse us with our own secrets in their words: no hint repeats them', async (t) => {
  const good: Readonly<Record<string, object>> = {
    '/api/Auth/loginKey': { token: TOKEN },
    '/api/Account/search': { accounts: [ACCOUNT] },
    '/api/Contract/available': { contracts: [NQ] },
  }
  const canned = (path: string) => ({
    status: 200,
    body: JSON.stringify({
      retCode: 0,
      retMsg: 'OK',
      result: { list: INSTRUMENT_ROWS },
      time: BYBIT_NOW,
      success: true,
      errorCode: 0,
      errorMessage: null,
      ...good[path],
    }),
  })
  const urls = [await serve(t, 'Bybit', canned), await serve(t, 'ProjectX', canned)] as const
  const bybit = await openBybitBroker({
    account: 'hostile',
    apiKey: new Secret(KEY),
    apiSecret: new Secret(SECRET),
    baseUrl: urls[0],
    wsUrl: `${urls[0].replace('http', 'ws')}/v5/private`,
    clock: () => BYBIT_NOW,
  })
  const projectx = await openProjectXBroker({
    account: 'hostile',
    userName: 'user',
    apiKey: new Secret(API_KEY),
    accountId: ACCOUNT.id,
    baseUrl: urls[1],
    rtcUrl: null,
    clock: () => PROJECTX_NOW,
  })
  for (const broker of [bybit, projectx]) {
    const hints: Hint[] = []
    {
      await using _watching = broker.watch((hint) => void hints.push(hint))
      await eventually(() => hints.some(({ kind }) => kind === 'disconnected'))
    }
    assert.match(inspect(hints), /\[secret\]/, 'the venue said nothing that could have leaked')
    requireNoLeak([inspect(hints, { depth: 9 })])
    await broker.close()
  }
})

function requireNoLeak(said: readonly string[]): void {
  assert.ok(said.length > 0)
  assert.deepEqual(
    leaksIn(
      said.map((text, index) => ({ from: `saying ${index}: ${text.slice(0, 80)}`, text })),
      SECRETS,
    ),
    [],
  )
}
