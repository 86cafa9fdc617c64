/**
 * Deterministic identities: the same input gives the same id on every machine, so a replayed message meets its own
 * effect instead of making a second one. Ids never contain `:` (BullMQ refuses it in job ids).
 */
import { createHash } from 'node:crypto'

declare const idBrand: unique symbol
type Id<Name extends string> = string & { readonly [idBrand]: Name }

/** Our name of one account at one venue, from the configuration, e.g. `hl-main`. */
export type AccountId = string
/** Canonical symbol of a tradable, venue-free, e.g. `BTC-PERP`; the account says at which venue. */
export type InstrumentId = string
/** One signal of one source: the dedupe key of ingest. */
export type SignalKey = Id<'signal'>
/** One signal applied to one account. */
export type PositionId = Id<'position'>
/** 128 bits as 32 lower-case hex digits; each venue adapter renders it in the venue's own format. */
export type ClientOrderId = Id<'client-order'>
/** Identity of one message and of its effect; also the BullMQ job id. */
export type IdempotencyKey = Id<'idempotency'>

/** What an order is for. `leg` counts proven-dead predecessors of the same event (see resolve). */
export type OrderEvent = 'entry' | 'exit' | 'stop' | 'take-profit' | 'cancel'

function digest(parts: readonly string[], bits: 128 | 160): string {
  // Length prefixes keep ("ab","c") and ("a","bc") apart.
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part};`)
  return hash.digest('hex').slice(0, bits / 4)
}

/** Key of a signal: a function of its source and the source's own signal id. */
export function signalKeyOf(source: string, signalId: string): SignalKey {
  return `sig-${digest(['signal', source, signalId], 160)}` as SignalKey
}

/** Position of a signal at an account: a function of (signal key, account). */
export function positionIdOf(signalKey: SignalKey, account: AccountId): PositionId {
  return `pos-${digest(['position', signalKey, account], 128)}` as PositionId
}

/** Position that was adopted from the broker: a function of the fill that opened it. */
export function adoptedPositionIdOf(account: AccountId, instrument: InstrumentId, firstFillId: string): PositionId {
  return `pos-${digest(['adopted', account, instrument, firstFillId], 128)}` as PositionId
}

/** Client order id: a 128-bit function of (position id, event, leg). */
export function clientOrderIdOf(positionId: PositionId, event: OrderEvent, leg: number): ClientOrderId {
  return digest(['order', positionId, event, String(leg)], 128) as ClientOrderId
}

/** Idempotency key of a message: position id and event type, and a discriminator where an event may recur. */
export function idempotencyKeyOf(positionId: PositionId, eventType: string, discriminator?: string): IdempotencyKey {
  const key = discriminator === undefined ? `${positionId}.${eventType}` : `${positionId}.${eventType}.${discriminator}`
  return key.replaceAll(':', '_') as IdempotencyKey
}

/** Identity of any other recorded fact (alert, audit record, sweep, ledger row): a readable prefix and its cause. */
export function factIdOf(prefix: string, ...cause: readonly string[]): string {
  return `${prefix}-${digest([prefix, ...cause], 128)}`
}

/** SHA-256 of a payload in canonical JSON, 64 hex digits: equal content has an equal hash, whatever the order of its keys. */
export function payloadHashOf(payload: unknown): string {
  return createHash('sha256').update(canonicalJson(payload)).digest('hex')
}

/** Canonical JSON after RFC 8785: keys in order of their UTF-16 units, no space; `undefined` members are absent. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((member: unknown) => canonicalJson(member)).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}
