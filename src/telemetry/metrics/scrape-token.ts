/** The scraper's bearer token, compared in constant time over its hash: neither length nor place of a match shows. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '#config/secret.ts'

/** Answers whether an `Authorization` header carries the token; without a configured one nothing does. */
export function scrapeToken(token: Secret | null): (authorization: string | undefined) => boolean {
  if (token === null) return () => false
  const expected = digestOf(token.reveal())
  return (authorization) => {
    const presented = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1]
    return presented !== undefined && timingSafeEqual(expected, digestOf(presented))
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
