/** The bare server: its limits, its certificate, and how it reads who is calling through a proxy. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import Fastify, { type FastifyInstance } from 'fastify'
import type { ErrorHandler } from './authentication.ts'
import { acceptJsonOnly } from './json-body.ts'

const BODY_LIMIT_BYTES = 64 * 1024
const REQUEST_ID_BYTES = 8
/** A sender that dribbles its request must not hold a connection for ever, ms; looked at every few seconds. */
const REQUEST_TIMEOUT_MS = 15_000
const REQUEST_TIMEOUT_CHECK_MS = 5_000

export interface FastifySettings {
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  readonly behindProxy: boolean
  /** Default 15 s. */
  readonly requestTimeoutMs?: number
}

/** Thrown at start for a certificate or key that cannot be read, or do not fit each other; names the files, never the key. */
export class UnusableCertificate extends Error {
  override readonly name = 'UnusableCertificate'
}

/** @throws UnusableCertificate */
export function openFastify(settings: FastifySettings, answerError: ErrorHandler): FastifyInstance {
  const timeout = settings.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
  const common = {
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: timeout,
    logger: false,
    // Said in logs, traces and answers: one of its own, also across restarts.
    genReqId: () => randomBytes(REQUEST_ID_BYTES).toString('hex'),
    forceCloseConnections: 'idle',
    // Its own word only: what a client says of hops further away would let it choose its address.
    trustProxy: settings.behindProxy && ((_address: string, hop: number) => hop < 1),
    // What no route is found for, e.g. an address that cannot be decoded, is answered in the same words.
    frameworkErrors: answerError,
  } as const
  const timing = { connectionsCheckingInterval: Math.min(timeout, REQUEST_TIMEOUT_CHECK_MS) }
  const server =
    settings.tls === null
      ? Fastify({ ...common, http: timing })
      : // The routes are the same; only the raw socket's type differs.
        (Fastify({ ...common, https: { ...readCertificate(settings.tls), ...timing } }) as FastifyInstance)
  acceptJsonOnly(server)
  return server
}

/** A certificate and its key, proven to fit each other. @throws UnusableCertificate */
export function readCertificate({ certFile, keyFile }: NonNullable<FastifySettings['tls']>): {
  cert: Buffer
  key: Buffer
} {
  const cert = readPart('certificate', certFile)
  const key = readPart('private key', keyFile)
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    // OpenSSL's codes name the kind of mistake and quote nothing.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code'
    throw new UnusableCertificate(
      `Expected a PEM certificate in ${certFile} and its PEM private key in ${keyFile}, saw files that do not fit (${code}). Check http.tls.`,
    )
  }
  return { cert, key }
}

function readPart(what: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UnusableCertificate(
      `Expected the ${what} of http.tls in ${file}, saw: ${(error as Error).message}. Put it there, or name another file.`,
    )
  }
}
