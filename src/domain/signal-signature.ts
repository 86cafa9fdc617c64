/** What a signal sender signs instead of showing a secret: one text over time, method, path and body. Shared by server and client, which do the hashing. */

/** Names of the headers; Node and fetch give them in lower case. */
export const SIGNATURE_HEADERS = {
  key: 'x-truebook-key',
  timestamp: 'x-truebook-timestamp',
  signature: 'x-truebook-signature',
} as const

/** A signature is good this long before and after its own time, ms. Within it a replay is a repeat, and repeats of a signal change nothing. */
export const SIGNATURE_WINDOW_MS = 5 * 60_000

/** A request as its sender signs it. `path` is what stands on the request line, query included; `timestamp` is ms as sent. */
export interface SignedRequest {
  readonly timestamp: string
  readonly method: string
  readonly path: string
  readonly bodySha256: string
}

/** The text under the HMAC. The version at its start keeps a later form from being read as this one. */
export function signedText({ timestamp, method, path, bodySha256 }: SignedRequest): string {
  return ['v1', timestamp, method, path, bodySha256].join('\n')
}
