/**
 * A TCP proxy on 127.0.0.1 that breaks a connection in the four ways a network does:
 * cut (both ends see a reset), refuse (nothing listens), black hole (bytes vanish, nobody is told), latency.
 */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** The proxy of a test. Every fault lasts until `heal`. */
export interface TcpProxy {
  readonly port: number
  /** How many client connections it has accepted so far. */
  readonly accepted: number
  /** Destroys the connections that are open now; new ones pass. */
  cut(): void
  /** Destroys open connections and refuses new ones. */
  refuse(): Promise<void>
  /** Keeps connections open but swallows every byte, both ways. `heal` resets those that lost any: TCP has no gaps. */
  blackHole(): void
  /** Holds every chunk for `ms` before passing it on, in order. */
  setLatency(ms: number): void
  heal(): Promise<void>
  stop(): Promise<void>
}

interface State {
  swallow: boolean
  latencyMs: number
  accepted: number
  readonly holed: Set<Socket>
}

/** Starts a proxy to `targetPort` on 127.0.0.1. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const state: State = { swallow: false, latencyMs: 0, accepted: 0, holed: new Set() }
  const sockets = new Set<Socket>()
  const accept = (client: Socket): void => {
    state.accepted += 1
    const upstream = connect({ port: targetPort, host: '127.0.0.1' })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        state.holed.delete(socket)
      })
    }
    forward(client, upstream, state)
    forward(upstream, client, state)
  }
  const server = createServer(accept).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const refuse = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    cut()
    await closed
  }
  return {
    port,
    get accepted() {
      return state.accepted
    },
    cut,
    refuse,
    blackHole() {
      state.swallow = true
    },
    setLatency(ms) {
      state.latencyMs = ms
    },
    async heal() {
      state.swallow = false
      state.latencyMs = 0
      for (const socket of state.holed) socket.destroy()
      if (!server.listening) await once(server.listen(port, '127.0.0.1'), 'listening')
    },
    stop: refuse,
  }
}

/** Passes chunks on in the order of their arrival, each after the latency that held when it came. */
function forward(from: Socket, to: Socket, state: State): void {
  let passed: Promise<void> = Promise.resolve()
  const pass = (action: () => void): void => {
    if (state.swallow) {
      for (const socket of [from, to]) if (!socket.destroyed) state.holed.add(socket)
      return
    }
    const dueAt = performance.now() + state.latencyMs
    passed = passed.then(async () => {
      const remainingMs = dueAt - performance.now()
      if (remainingMs > 0) await delay(remainingMs)
      if (!to.destroyed) action()
    })
  }
  from.on('data', (chunk: Buffer) => pass(() => to.write(chunk)))
  from.on('end', () => pass(() => to.end()))
  from.on('close', () => pass(() => to.destroy()))
}
