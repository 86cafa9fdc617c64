/** A stream that falls silent. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { WebSocketServer } from 'ws'
import { SOCKETS } from '#brokers/transport.ts'
import type { Hint } from '#brokers/broker.ts'
import { watchVenue } from '#brokers/hyperliquid/watch.ts'
import { MASTER } from './simulated-account.ts'

test('a stream that answers no ping, or never acknowledges, is cut and connected anew', async (t) => {
  for (const acknowledges of [true, false]) {
    const http = createServer()
    const server = new WebSocketServer({ server: http })
    let connections = 0
    server.on('connection', (socket) => {
      connections += 1
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as { method: string }
        const reply = { channel: 'subscriptionResponse', data: message }
        if (acknowledges && message.method === 'subscribe') socket.send(JSON.stringify(reply))
      })
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    t.after(async () => {
      for (const client of server.clients) client.terminate()
      server.close()
      await new Promise((resolve) => http.close(resolve))
    })
    const hints: Hint[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    await using _watching = watchVenue({
      transport: SOCKETS,
      url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`,
      user: MASTER,
      coins: [],
      random: () => 0,
      timing: { pingMs: 50, pongMs: 50, settleMs: 300, backoffMs: 10 },
      listener: (hint) => {
        hints.push(hint)
        if (hints.filter(({ kind }) => kind === 'disconnected').length === 2) resolve()
      },
    })
    await promise
    assert.ok(connections >= 2)
    assert.equal(
      hints.some(({ kind }) => kind === 'connected'),
      acknowledges,
    )
    const detail = hints.flatMap((hint) => (hint.kind === 'disconnected' ? [hint.detail] : []))[0] ?? ''
    assert.match(detail, acknowledges ? /no pong/ : /not acknowledged|no pong/)
  }
})
