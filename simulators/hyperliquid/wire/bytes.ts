/** Bytes and hex: the few conversions that hashing and recovery need. */
import { keccak256 as keccakHex } from 'ethers'

/** keccak256 as bytes. */
export function keccak(data: Uint8Array): Uint8Array {
  return hexBytes(keccakHex(data))
}

/** `0x` hex text of bytes, lower case. */
export function hexText(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}

/** Bytes of a `0x` hex text. */
export function hexBytes(hex: string): Uint8Array {
  return Buffer.from(hex.slice(2), 'hex')
}

/** Big-endian unsigned 64-bit bytes. */
export function uint64Bytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
