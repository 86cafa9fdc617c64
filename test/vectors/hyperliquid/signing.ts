/**
 * Typed view of signing.json: twelve rows of the venue's official Python SDK (source and commit are in the file) and
 * rows derived from three independent signers that agree byte for byte.
 */
import { readFileSync } from 'node:fs'

/** r, s and v as published; r and s may lack leading zero nibbles. */
interface VectorSignature {
  readonly r: string
  readonly s: string
  readonly v: number
}

/** A vector of an L1 action. */
export interface L1Vector {
  readonly name: string
  readonly action: Readonly<Record<string, unknown>>
  readonly nonce: number
  readonly vaultAddress: string | null
  readonly expiresAfter: number | null
  readonly connectionId: string
  readonly expected: { readonly mainnet?: VectorSignature; readonly testnet?: VectorSignature }
}

/** A vector of a user-signed action (testnet). */
export interface UserSignedVector {
  readonly name: string
  readonly action: Readonly<Record<string, unknown>> & { readonly type: string }
  readonly expected: { readonly testnet: VectorSignature }
}

interface Row extends Omit<L1Vector, 'expected' | 'connectionId'> {
  readonly scheme: 'l1' | 'l1-hash' | 'user-signed'
  readonly primaryType?: string
  readonly connectionId?: string
  readonly expected: L1Vector['expected'] & { readonly connectionId?: string }
}

interface VectorFile {
  readonly vectors: readonly Row[]
  readonly derivedVectors: { readonly vectors: readonly Row[]; readonly userSigned: readonly Row[] }
}

/** The key behind every vector. */
export const SIGNER = {
  privateKey: '0x0123456789012345678901234567890123456789012345678901234567890123',
  address: '0x14791697260e4c9a71f18484c9f997b308e59325',
} as const

const ACTION_OF_PRIMARY_TYPE: Readonly<Record<string, string>> = {
  'HyperliquidTransaction:UsdSend': 'usdSend',
  'HyperliquidTransaction:Withdraw': 'withdraw3',
  'HyperliquidTransaction:ApproveAgent': 'approveAgent',
}

const file = JSON.parse(readFileSync(new URL('signing.json', import.meta.url), 'utf8')) as VectorFile
const rows = [...file.vectors, ...file.derivedVectors.vectors, ...file.derivedVectors.userSigned]

/** All vectors of L1 actions. */
export const L1_VECTORS: readonly L1Vector[] = rows
  .filter((row) => row.scheme !== 'user-signed')
  .map((row) => ({ ...row, connectionId: row.connectionId ?? row.expected.connectionId ?? '' }))

/** All vectors of user-signed actions. */
export const USER_SIGNED_VECTORS: readonly UserSignedVector[] = rows
  .filter((row) => row.scheme === 'user-signed')
  .map((row) => ({
    name: row.name,
    action: { ...row.action, type: ACTION_OF_PRIMARY_TYPE[row.primaryType ?? ''] ?? '' },
    expected: { testnet: row.expected.testnet as VectorSignature },
  }))
