/** The two hubs, and the negotiation with which clients begin that do not skip it. */
import { randomUUID } from 'node:crypto'
import { jsonReply, type Reply } from '#simulators/venue/reply.ts'
import { METHOD_NOT_ALLOWED, UNAUTHORIZED } from './answers.ts'

/** The two hubs. */
export type HubName = 'user' | 'market'

const HUB_PATH = /^\/hubs\/(user|market)(\/negotiate)?$/

/** The hub of a path. */
export function hubOf(path: string): HubName | undefined {
  const match = HUB_PATH.exec(path)
  return match !== null && match[2] === undefined ? (match[1] as HubName) : undefined
}

/** The answer to a negotiation: websockets are the only transport. Undefined for other paths. */
export function negotiation(path: string, method: string | undefined, userName: string | undefined): Reply | undefined {
  if (HUB_PATH.exec(path)?.[2] === undefined) return undefined
  if (method !== 'POST') return METHOD_NOT_ALLOWED
  if (userName === undefined) return UNAUTHORIZED
  const connectionId = randomUUID()
  return jsonReply({
    negotiateVersion: 1,
    connectionId,
    connectionToken: connectionId,
    availableTransports: [{ transport: 'WebSockets', transferFormats: ['Text', 'Binary'] }],
  })
}
