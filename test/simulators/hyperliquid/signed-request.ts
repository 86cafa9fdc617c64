/** Signed requests and plain posts, made here byte by byte so that a test can also make wrong ones. */
import secp256k1 from 'secp256k1'
import type { RunningVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { actionHash, agentDigest, type Network } from '#simulators/hyperliquid/wire/action-hash.ts'
import { hexBytes, hexText } from '#simulators/hyperliquid/wire/bytes.ts'
import type { WireSignature } from '#simulators/hyperliquid/wire/signature.ts'
import { AGENT } from './running-venue.ts'

/** What a request may say besides its action. */
export interface RequestExtras {
  readonly vaultAddress?: string
  readonly expiresAfter?: number
  readonly network?: Network
  readonly privateKey?: string
}

/** A body for /exchange, signed by the agent unless told otherwise. The action must be in canonical form. */
export function signedRequest(action: object, nonce: number, extras: RequestExtras = {}): SignedRequest {
  const { vaultAddress, expiresAfter, network = 'mainnet', privateKey = AGENT.privateKey } = extras
  const digest = agentDigest(actionHash(action, { nonce, vaultAddress, expiresAfter }), network)
  return {
    action,
    nonce,
    signature: sign(digest, privateKey),
    ...(vaultAddress === undefined ? {} : { vaultAddress }),
    ...(expiresAfter === undefined ? {} : { expiresAfter }),
  }
}

/** A signed /exchange body. */
export interface SignedRequest {
  readonly action: object
  readonly nonce: number
  readonly signature: WireSignature
}

/** Signs a digest. */
export function sign(digest: Uint8Array, privateKey: string): WireSignature {
  const { signature, recid } = secp256k1.ecdsaSign(digest, hexBytes(privateKey))
  return { r: hexText(signature.subarray(0, 32)), s: hexText(signature.subarray(32)), v: 27 + recid }
}

/** An order of one BTC leg at market price: 0.01 BTC, immediate or cancel. */
export function marketOrder(cloid?: string, isBuy = true): object {
  const leg = { a: 0, b: isBuy, p: isBuy ? '101000' : '99000', s: '0.01', r: false, t: { limit: { tif: 'Ioc' } } }
  return { type: 'order', orders: [cloid === undefined ? leg : { ...leg, c: cloid }], grouping: 'na' }
}

/** A resting order of one BTC leg, far below the market. */
export function restingOrder(cloid?: string): object {
  const leg = { a: 0, b: true, p: '90000', s: '0.01', r: false, t: { limit: { tif: 'Gtc' } } }
  return { type: 'order', orders: [cloid === undefined ? leg : { ...leg, c: cloid }], grouping: 'na' }
}

/** Posts JSON to a path of the venue. */
export async function post(venue: RunningVenue, path: string, body: unknown): Promise<Response> {
  return fetch(venue.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** Posts an info request and returns its JSON. */
export async function info(venue: RunningVenue, request: object): Promise<unknown> {
  return (await post(venue, '/info', request)).json()
}
