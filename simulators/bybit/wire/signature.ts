/** How the venue checks who asks: HMAC-SHA256 over exactly the bytes sent (reference section B2 and B9). */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Signature of a REST request: timestamp, key, window and the raw query string or raw body, in hexadecimal. */
export function restSignature(
  secret: string,
  request: {
    readonly timestamp: string
    readonly apiKey: string
    readonly recvWindow: string
    readonly payload: string
  },
): string {
  return hmac(secret, request.timestamp + request.apiKey + request.recvWindow + request.payload)
}

/** Signature of a websocket sign-in that is valid until `expires` (ms). */
export function streamSignature(secret: string, expires: string): string {
  return hmac(secret, `GET/realtime${expires}`)
}

/** Whether two signatures are the same. Hexadecimal digits are lower case. */
export function isSameSignature(expected: string, seen: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(seen)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Accepted when `serverTime - recvWindow <= timestamp < serverTime + 1000` (reference section B2). All ms. */
export function isTimely(timestamp: number, recvWindow: number, serverTime: number): boolean {
  return serverTime - recvWindow <= timestamp && timestamp < serverTime + 1000
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}
