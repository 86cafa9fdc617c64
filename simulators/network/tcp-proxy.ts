/**
 * A TCP proxy on 127.0.0.1 that breaks connections as a network does: silence, refusal, reset, latency. Nothing in it is
 * random: whoever drives it decides what breaks when. Bytes are never lost inside a connection that lives on: TCP has no gaps.
 */
import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { type Lane, openLane } from './lane.ts'
import { resetSocket } from './reset-socket.ts'

/**
 * `pass`: bytes flow. `black-hole`: bytes of old and new connections are held, nothing is closed and nobody is told; they flow
 * when it passes again. `refuse`: connections end at once, old and new. `reset`: the same, with an RST.
 */
export type ProxyMode = 'pass' | 'black-hole' | 'refuse' | 'reset'

/** From the client to the target, or back. */
export type Direction = 'requests' | 'answers'

/** A running proxy. */
export interface TcpProxy {
  /** Where clients connect to, on 127.0.0.1. */
  readonly port: number
  /** How many connections it has let in so far; one that it refused or reset at once is none. */
  readonly accepted: number
  /** Changes what happens from now on. A black hole swallows both directions unless told which one. */
  mode(mode: ProxyMode, direction?: Direction): void
  /** Ends the connections that are open now with an RST, at both ends; what they held is lost. Answers how many they were. */
  resetConnections(): number
  /** Holds every chunk for so many ms before it passes on, in order; 0 ends that for chunks that come later. */
  delay(ms: number): void
  /** How many bytes wait inside, because of a black hole, latency or a slow reader. */
  held(direction: Direction): number
  /** Ends every connection and stops to listen. Safe to call twice. */
  close(): Promise<void>
}

export interface TcpProxyOptions {
  /** Port of the target on 127.0.0.1. One that does not listen shows as a reset to the client. */
  readonly port: number
  /** Port to listen at; a free one unless told. */
  readonly listen?: number
}

interface Connection {
  readonly client: Socket
  readonly target: Socket
  readonly lanes: Readonly<Record<Direction, Lane>>
}

/** Starts a proxy. @throws where its own port is taken. */
export async function openTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const connections = new Set<Connection>()
  let mode: ProxyMode = 'pass'
  let holed: readonly Direction[] = []
  let latencyMs = 0
  let accepted = 0

  const open = (client: Socket): void => {
    accepted += 1
    // Half-open, so that either side may finish before the other; no Nagle, so that the only latency is the one asked for.
    const target = connect({ host: '127.0.0.1', port: options.port, allowHalfOpen: true, noDelay: true })
    const lane = (from: Socket, to: Socket, direction: Direction): Lane =>
      openLane({ from, to, latencyMs: () => latencyMs, isHeld: () => holed.includes(direction) })
    const lanes = { requests: lane(client, target, 'requests'), answers: lane(target, client, 'answers') }
    const connection = { client, target, lanes }
    connections.add(connection)
    for (const socket of [client, target]) {
      socket.on('close', () => {
        if (client.closed && target.closed) connections.delete(connection)
      })
    }
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (mode !== 'refuse' && mode !== 'reset') return open(client)
    client.on('error', () => client.destroy())
    end(client, mode)
  })
  server.listen(options.listen ?? 0, '127.0.0.1')
  await once(server, 'listening')

  const endAll = (how: 'refuse' | 'reset'): number => {
    const ended = [...connections].filter(({ client, target }) => !client.destroyed || !target.destroyed)
    for (const { client, target } of ended) for (const socket of [client, target]) end(socket, how)
    return ended.length
  }
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted
    },
    mode(next, direction) {
      mode = next
      holed = next === 'black-hole' ? (direction === undefined ? ['requests', 'answers'] : [direction]) : []
      if (next === 'refuse' || next === 'reset') endAll(next)
      for (const { lanes } of connections) for (const lane of Object.values(lanes)) lane.flush()
    },
    resetConnections: () => endAll('reset'),
    delay(ms) {
      latencyMs = ms
    },
    held: (direction) => [...connections].reduce((sum, { lanes }) => sum + lanes[direction].heldBytes(), 0),
    async close() {
      const closed = server.listening ? once(server, 'close') : undefined
      server.close()
      mode = 'refuse'
      endAll('refuse')
      await closed
    },
  }
}

/** A socket that is still connecting has nobody to reset. */
function end(socket: Socket, how: 'refuse' | 'reset'): void {
  if (how === 'refuse' || socket.connecting) socket.destroy()
  else resetSocket(socket)
}
