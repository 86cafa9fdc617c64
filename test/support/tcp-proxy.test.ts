/** The fault proxy does each of its four faults, and heals. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { after, before, test } from 'node:test'

import { eventually } from './eventually.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

let echo: Server
let proxy: TcpProxy
before(async () => {
  echo = createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await startTcpProxy((echo.address() as AddressInfo).port)
})
after(async () => {
  await proxy.stop()
  echo.close()
})

async function open(): Promise<Socket> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' })
  await once(socket, 'connect')
  return socket
}

async function echoed(socket: Socket, text: string): Promise<string> {
  let received = ''
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString()
  })
  socket.write(text)
  await eventually(() => received.length >= text.length, { what: `the echo of ${text}` })
  return received
}

test('bytes pass both ways', async () => {
  const socket = await open()
  assert.equal(await echoed(socket, 'hello'), 'hello')
  socket.destroy()
})

test('cut ends an open connection and lets the next one pass', async () => {
  const socket = await open()
  await echoed(socket, 'before')
  const closed = once(socket, 'close')
  proxy.cut()
  await closed
  const next = await open()
  assert.equal(await echoed(next, 'after'), 'after')
  next.destroy()
})

test('refuse refuses until healed', async () => {
  await proxy.refuse()
  await assert.rejects(open, /ECONNREFUSED/)
  await proxy.heal()
  const socket = await open()
  assert.equal(await echoed(socket, 'again'), 'again')
  socket.destroy()
})

test('a black hole swallows what is sent and tells nobody; healing resets the connection that lost bytes', async () => {
  const [holed, idle] = [await open(), await open()]
  await echoed(holed, 'x')
  await echoed(idle, 'x')
  proxy.blackHole()
  const closed = once(holed, 'close')
  holed.write('lost')
  await assert.rejects(
    eventually(() => holed.destroyed, { withinMs: 150 }),
    /Expected the condition within 150 ms/,
  )
  await proxy.heal()
  await closed
  assert.equal(await echoed(idle, 'found'), 'found')
  idle.destroy()
})

test('latency holds chunks and keeps their order', async () => {
  const socket = await open()
  proxy.setLatency(40)
  const startedAt = performance.now()
  const text = Array.from({ length: 50 }, (_, index) => `${index},`).join('')
  assert.equal(await echoed(socket, text), text)
  assert.ok(performance.now() - startedAt >= 70)
  await proxy.heal()
  socket.destroy()
})
