/** How one process of ours reaches simulated venues. */
import type { Transport } from '#brokers/transport.ts'
import type { Actor } from '#simulation/kernel/actor.ts'
import type { Internet } from './internet.ts'
import { socketClassOf } from './socket.ts'

export function transportOf(process: Actor, internet: Internet): Transport {
  return {
    http: (baseUrl) => internet.clientOf(process, baseUrl),
    WebSocket: socketClassOf(process, internet),
  }
}
