/** A socket that is reset closes, at whatever moment of its own end the reset comes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { resetSocket } from '#simulators/network/reset-socket.ts'

const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

/** Moments after `end()`, each a little later. */
const MOMENTS: readonly (readonly [name: string, wait: (socket: Socket) => Promise<unknown>])[] = [
  ['in the same step', () => Promise.resolve()],
  ['when nothing is left to write', async () => (await tick(), await tick())],
  ['a turn later', () => turn()],
  ['when its end is said', async (socket) => await once(socket, 'finish')],
]

for (const [moment, wait] of MOMENTS) {
  test(`a reset ends the socket, ${moment}`, async (t) => {
    const server = createServer({ allowHalfOpen: true }, (peer) => peer.resume().on('error', () => undefined))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
    t.after(() => {
      socket.destroy()
      server.close()
    })
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    socket.end('x')
    await wait(socket)
    resetSocket(socket)
    await closed
    assert.equal(socket.destroyed, true)
  })
}
