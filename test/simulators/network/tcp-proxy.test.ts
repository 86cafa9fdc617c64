/** The proxy breaks connections in each of its ways, in either direction, loses nothing while a connection lives, and heals. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { type ProxyMode, type TcpProxy, openTcpProxy } from '#simulators/network/tcp-proxy.ts'
import { eventually } from '#test/support/eventually.ts'

/** What the target saw and does: it echoes, and says `bye <n>` with the number of bytes once the client has finished. */
interface Peer {
  readonly socket: Socket
  text: string
  ended: boolean
  error?: string
}
let target: Server
let served: Peer[] = []
let clients: Peer[] = []
let proxy: TcpProxy

function watch(socket: Socket): Peer {
  const peer: Peer = { socket, text: '', ended: false }
  socket.setEncoding('utf8').on('data', (text: string) => (peer.text += text))
  socket.on('end', () => (peer.ended = true))
  socket.on('error', (error: NodeJS.ErrnoException) => (peer.error = error.code ?? error.message))
  return peer
}

before(async () => {
  target = createServer({ allowHalfOpen: true }, (socket) => {
    const peer = watch(socket)
    served.push(peer)
    socket.on('data', (text: string) => socket.write(text))
    socket.on('end', () => socket.end(`bye ${peer.text.length}`))
  }).listen(0, '127.0.0.1')
  await once(target, 'listening')
  proxy = await openTcpProxy({ port: (target.address() as AddressInfo).port })
})
afterEach(async () => {
  for (const { socket } of [...clients, ...served]) socket.destroy()
  proxy.mode('pass')
  proxy.delay(0)
  await eventually(() => proxy.resetConnections() === 0, { what: 'every connection gone from the proxy' })
  served = []
  clients = []
})
after(async () => {
  await proxy.close()
  target.close()
})

function call(port = proxy.port): Peer {
  const peer = watch(connect({ port, host: '127.0.0.1', allowHalfOpen: true }))
  clients.push(peer)
  return peer
}

async function dial(port = proxy.port): Promise<Peer> {
  const peer = call(port)
  await once(peer.socket, 'connect')
  return peer
}

/** A connection over which bytes have gone both ways, and its other end. */
async function talk(text = 'hello'): Promise<{ client: Peer; server: Peer }> {
  const known = new Set(served)
  const client = await dial()
  client.socket.write(text)
  await eventually(() => client.text === text, { what: `the echo of ${text}` })
  const server = served.find((peer) => !known.has(peer))
  assert.ok(server !== undefined)
  return { client, server }
}

const seen = (peer: Peer, text: string): Promise<true> =>
  eventually(() => peer.text === text, { what: `${JSON.stringify(text)} and nothing else` })

test('bytes pass both ways, and one side may finish before the other', async () => {
  const { client } = await talk()
  client.socket.end('!')
  await eventually(() => client.ended, { what: 'the end of the answer' })
  assert.equal(client.text, 'hello!bye 6')
  await eventually(() => client.socket.closed && client.error === undefined, { what: 'a clean end' })
})

test('much more than its buffer passes, to a slow reader too', async () => {
  const chunk = 'x'.repeat(1024 * 1024)
  const client = await dial()
  client.socket.pause()
  let size = 0
  // How much the kernel takes before anything waits in the proxy differs from machine to machine.
  const isHeld = (): boolean => {
    if (proxy.held('answers') > 0) return true
    client.socket.write(chunk)
    size += chunk.length
    return false
  }
  await eventually(isHeld, { what: 'answers that nobody reads' })
  client.socket.end()
  assert.ok(proxy.held('answers') < 1024 * 1024, 'the proxy hands the pressure back instead of buffering all of it')
  client.socket.resume()
  await eventually(() => client.ended, { what: 'the end of the answer' })
  assert.equal(client.text.length, size + `bye ${size}`.length)
})

test('a black hole holds bytes of old and new connections, closes nothing, and passes all of them on later', async () => {
  const { client, server } = await talk()
  proxy.mode('black-hole')
  const late = await dial()
  client.socket.write(' held')
  late.socket.end('new')
  server.socket.write(' pushed')
  await eventually(() => proxy.held('requests') === 8 && proxy.held('answers') === 7, { what: 'all of it held' })
  assert.deepEqual([client.text, server.text, late.text], ['hello', 'hello', ''])
  assert.ok(!client.ended && !late.ended && !server.ended)
  proxy.mode('pass')
  await seen(client, 'hello pushed held')
  await seen(server, 'hello held')
  await seen(late, 'newbye 3')
  assert.deepEqual([proxy.held('requests'), proxy.held('answers')], [0, 0])
})

test('a black hole tells nobody of an end or a reset behind it until it passes', async () => {
  const [finished, reset] = [await talk(), await talk()]
  proxy.mode('black-hole')
  finished.client.socket.end()
  reset.client.socket.resetAndDestroy()
  const witness = await dial()
  witness.socket.write('later than both')
  await eventually(() => proxy.held('requests') > 0, { what: 'what came after them' })
  assert.ok(!finished.server.ended && reset.server.error === undefined && !reset.server.socket.destroyed)
  proxy.mode('pass')
  await seen(finished.client, 'hellobye 5')
  await eventually(() => reset.server.error === 'ECONNRESET', { what: 'the reset' })
})

test('a black hole of answers lets requests through, one of requests lets answers through', async () => {
  const { client, server } = await talk()
  proxy.mode('black-hole', 'answers')
  client.socket.write(' done')
  await seen(server, 'hello done')
  await eventually(() => proxy.held('answers') === 5, { what: 'the answer held' })
  assert.equal(client.text, 'hello')
  proxy.mode('black-hole', 'requests')
  await seen(client, 'hello done')
  client.socket.write(' lost')
  server.socket.write(' pushed')
  await seen(client, 'hello done pushed')
  await eventually(() => proxy.held('requests') === 5, { what: 'the request held' })
  assert.equal(server.text, 'hello done')
})

test('what a black hole held is lost with a reset of its connection', async () => {
  const { client, server } = await talk()
  proxy.mode('black-hole', 'requests')
  client.socket.write(' lost')
  await eventually(() => proxy.held('requests') > 0, { what: 'the request held' })
  assert.equal(proxy.resetConnections(), 1)
  proxy.mode('pass')
  await eventually(() => server.error === 'ECONNRESET', { what: 'the reset at the target' })
  assert.equal(server.text, 'hello')
})

for (const [mode, sign] of [
  ['refuse', undefined],
  ['reset', 'ECONNRESET'],
] satisfies [ProxyMode, string | undefined][]) {
  test(`${mode} ends connections at both ends, old and new, until it passes`, async () => {
    const { client, server } = await talk()
    const { accepted } = proxy
    proxy.mode(mode)
    const late = call()
    for (const peer of [client, server, late]) {
      await eventually(() => peer.ended || peer.socket.closed, { what: 'the end of a connection' })
      assert.equal(peer.error, sign)
    }
    assert.equal(served.length, 1, 'the target never heard of the new connection')
    assert.equal(proxy.accepted, accepted)
    proxy.mode('pass')
    await talk('again')
  })
}

test('resetConnections cuts what is open with an RST, says how many, and lets the next one pass', async () => {
  const { accepted } = proxy
  const pairs = [await talk(), await talk()]
  assert.equal(proxy.accepted, accepted + 2)
  assert.equal(proxy.resetConnections(), 2)
  for (const peer of pairs.flatMap(({ client, server }) => [client, server]))
    await eventually(() => peer.error === 'ECONNRESET', { what: 'a reset' })
  assert.equal(proxy.resetConnections(), 0)
  await talk('next')
})

test('latency holds chunks for as long as it was when they came, in order, and adds up over the way there and back', async () => {
  const { client } = await talk()
  proxy.delay(40)
  const text = Array.from({ length: 50 }, (_, index) => `${index},`).join('')
  const startedAt = performance.now()
  for (const chunk of text.match(/.{1,7}/g) ?? []) client.socket.write(chunk)
  await seen(client, `hello${text}`)
  assert.ok(performance.now() - startedAt >= 80)
})

test('a target that does not listen shows as a reset', async () => {
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo
  await new Promise((resolve) => gone.close(resolve))
  await using closing = new AsyncDisposableStack()
  const lonely = await openTcpProxy({ port })
  closing.defer(() => lonely.close())
  const client = call(lonely.port)
  await eventually(() => client.error === 'ECONNRESET', { what: 'a reset' })
})

test('it listens where it is told, frees the port, and leaves nothing open', async () => {
  const { port } = target.address() as AddressInfo
  const first = await openTcpProxy({ port })
  const client = await dial(first.port)
  first.delay(60_000)
  client.socket.write('never delivered')
  await eventually(() => first.held('requests') > 0, { what: 'a chunk that waits' })
  await first.close()
  await first.close()
  await eventually(() => client.ended || client.socket.closed, { what: 'the end of the connection' })
  const second = await openTcpProxy({ port, listen: first.port })
  assert.equal(second.port, first.port)
  await second.close()
})
