/**
 * Signal senders that sign instead of showing a token, see src/domain/signal-signature.ts. A signature within its five minutes may be replayed by who
 * saw it: the signal it carries is a repeat then, and repeats change nothing.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { SIGNATURE_HEADERS, SIGNATURE_WINDOW_MS, signedText } from '#domain/signal-signature.ts'
import type { Caller, SignalSender } from './callers.ts'
import { bodyBytesOf } from './json-body.ts'

/** Whether a request says that it is signed; the proof is `signerOf`. */
export function isSigned(request: FastifyRequest): boolean {
  return Object.values(SIGNATURE_HEADERS).some((name) => request.headers[name] !== undefined)
}

/** Who signed a request, or what is wrong with its signature. */
export type Signer =
  | { readonly signer: Caller; readonly problem: null }
  | { readonly signer: null; readonly problem: string }

/** Who signed a request whose body has been read. */
export function signerOf(request: FastifyRequest, senders: readonly SignalSender[], now: number): Signer {
  const { headers } = request
  const timestamp = String(headers[SIGNATURE_HEADERS.timestamp] ?? '')
  if (!/^\d{1,16}$/.test(timestamp) || Math.abs(Number(timestamp) - now) > SIGNATURE_WINDOW_MS) {
    return {
      signer: null,
      problem: `Expected ${SIGNATURE_HEADERS.timestamp} to be the time of the request in ms since epoch, at most 5 minutes off, saw another. Is the clock of the sender right?`,
    }
  }
  const sender = senders.find((one) => one.proof === 'hmac' && one.name === headers[SIGNATURE_HEADERS.key])
  const sent = /^v1=([0-9a-f]{64})$/.exec(String(headers[SIGNATURE_HEADERS.signature] ?? ''))?.[1]
  if (sender === undefined || sent === undefined || !isSignatureOf(sender, sent, timestamp, request)) {
    return {
      signer: null,
      problem: `Expected a signature over time, method, path and body with the secret of the sender that ${SIGNATURE_HEADERS.key} names, saw another.`,
    }
  }
  const { name, strategies } = sender
  return { signer: { role: 'signals', name, strategies }, problem: null }
}

function isSignatureOf(sender: SignalSender, sent: string, timestamp: string, request: FastifyRequest): boolean {
  const text = signedText({
    timestamp,
    method: request.method,
    path: request.raw.url ?? '',
    bodySha256: createHash('sha256').update(bodyBytesOf(request)).digest('hex'),
  })
  const expected = createHmac('sha256', sender.token.reveal()).update(text).digest()
  return timingSafeEqual(expected, Buffer.from(sent, 'hex'))
}
