/** Who asks, and may they: the venue's checks of a signed request in its order (reference sections B2, B6 and B7). */
import { type Refusal, refuse } from '#simulators/bybit/engine/refusal.ts'
import { isSameSignature, isTimely, restSignature, streamSignature } from '#simulators/bybit/wire/signature.ts'
import { type ApiKey, hasEnded } from './api-keys.ts'
import type { PrivateEndpoint } from './endpoint.ts'
import type { VenueContext } from './venue-context.ts'

const DEFAULT_RECV_WINDOW = '5000'
const INVALID_KEY = refuse(
  10003,
  'API key is invalid. Note: 4 env: mainnet, testnet, mainnet-demo, testnet-demo; the key must be used on its own.',
)

/** What came with the request. */
export interface Credentials {
  readonly apiKey: string
  readonly timestamp: string
  readonly signature: string
  readonly recvWindow: string
  /** Raw query string, or raw body. */
  readonly payload: string
  readonly address: string
}

/** Header values of a request. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Reads the credentials; undefined when the request is not signed at all. */
export function credentialsOf(headers: Headers, payload: string, address: string): Credentials | undefined {
  const header = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' ? value : ''
  }
  const [apiKey, timestamp, signature] = [header('x-bapi-api-key'), header('x-bapi-timestamp'), header('x-bapi-sign')]
  if (apiKey === '' || timestamp === '' || signature === '') return undefined
  const recvWindow = header('x-bapi-recv-window') || DEFAULT_RECV_WINDOW
  return { apiKey, timestamp, signature, recvWindow, payload, address }
}

/** The key that signed, or the venue's refusal. */
export function authenticate(context: VenueContext, sent: Credentials): ApiKey | Refusal {
  const key = keyOf(context, sent.apiKey)
  if (key === undefined) return INVALID_KEY
  const now = context.venue.now()
  const { timestamp, recvWindow } = sent
  if (!isTimely(Number(timestamp), Number(recvWindow), now)) {
    return refuse(
      10002,
      `invalid request, please check your server timestamp or recv_window param. req_timestamp[${timestamp}],server_timestamp[${now}],recv_window[${recvWindow}]`,
    )
  }
  if (!isSameSignature(restSignature(key.secret, sent), sent.signature)) {
    return refuse(10004, 'Error sign, please check your signature generation algorithm.')
  }
  return refuseKey(key, sent.address) ?? key
}

/** Whether a sign-in of a stream is right: signature over the expiry, which must lie ahead. */
export function authenticateStream(
  context: VenueContext,
  sent: { readonly apiKey: string; readonly expires: string; readonly signature: string; readonly address: string },
): ApiKey | Refusal {
  const key = keyOf(context, sent.apiKey)
  if (key === undefined) return INVALID_KEY
  if (!(Number(sent.expires) > context.venue.now())) return refuse(10002, 'Params Error')
  if (!isSameSignature(streamSignature(key.secret, sent.expires), sent.signature)) return refuse(10004, 'Params Error')
  return refuseKey(key, sent.address) ?? key
}

/** Whether the key may call the endpoint. */
export function checkPermission(
  key: ApiKey,
  endpoint: Pick<PrivateEndpoint, 'method' | 'permission'>,
): Refusal | undefined {
  if (endpoint.permission === null) return undefined
  const granted = key.permissions['ContractTrade'] ?? []
  const isAllowed =
    endpoint.permission === 'read' ? granted.length > 0 : !key.readOnly && granted.includes(endpoint.permission)
  return isAllowed ? undefined : refuse(10005, 'Permission denied, please check your API key permissions.')
}

function keyOf(context: VenueContext, apiKey: string): ApiKey | undefined {
  const key = context.keys.find(apiKey)
  return key?.env === context.env ? key : undefined
}

function refuseKey(key: ApiKey, address: string): Refusal | undefined {
  if (hasEnded(key)) return refuse(33004, 'Your api key has expired.')
  const isBound = key.ips.length > 0 && !key.ips.includes('*')
  return isBound && !key.ips.includes(address)
    ? refuse(10010, "Unmatched IP, please check your API key's bound IP addresses.")
    : undefined
}
