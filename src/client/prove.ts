/** How a sender proves who it is: shows its token, or signs each request and never shows the secret. */
import { createHash, createHmac } from 'node:crypto'
import { SIGNATURE_HEADERS, signedText } from '#domain/signal-signature.ts'

/** A sender with an `hmac_secret` in the configuration of Truebook; `name` is the name there. */
export interface SigningSecret {
  readonly name: string
  readonly secret: string
}

/** One request, as its receiver will read it. `path` includes the query; `at` is now, ms. */
export interface RequestToSign {
  readonly method: string
  readonly path: string
  readonly body: string | null
  readonly at: number
}

/** The headers that sign a request. They are good for five minutes around `at`. */
export function signedHeaders(key: SigningSecret, { method, path, body, at }: RequestToSign): Record<string, string> {
  const timestamp = String(at)
  const bodySha256 = createHash('sha256')
    .update(body ?? '')
    .digest('hex')
  const text = signedText({ timestamp, method, path, bodySha256 })
  return {
    [SIGNATURE_HEADERS.key]: key.name,
    [SIGNATURE_HEADERS.timestamp]: timestamp,
    [SIGNATURE_HEADERS.signature]: `v1=${createHmac('sha256', key.secret).update(text).digest('hex')}`,
  }
}
