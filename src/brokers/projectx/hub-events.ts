/** Reads hub events as hints (reference C5). The wire wraps them as `{action, data}`, the documentation shows them bare: both pass. */
import { z } from 'zod'
import { type DecimalString, decimalString, isDecimalText } from '#domain/decimal.ts'
import type { Hint } from '#brokers/broker.ts'
import { instrumentOf } from './contracts.ts'

/** Events of the user hub and what they may mean. */
export const USER_EVENTS = {
  GatewayUserTrade: 'fills',
  GatewayUserPosition: 'fills',
  GatewayUserOrder: 'orders',
  // A lock or a deposit: concerns all instruments.
  GatewayUserAccount: 'orders',
} as const satisfies Readonly<Record<string, Hint['kind']>>
export type UserEvent = keyof typeof USER_EVENTS

const wrapped = z.looseObject({ action: z.number(), data: z.looseObject({}) })
const bare = z.looseObject({
  id: z.number().optional(),
  accountId: z.number().optional(),
  contractId: z.string().optional(),
})
const quote = z.looseObject({ lastPrice: z.number() })

/** The hint of a user event; null when it is another account's or unreadable. */
export function userHintOf(event: UserEvent, payload: unknown, accountId: string): Hint | null {
  const inner = wrapped.safeParse(payload)
  const parsed = bare.safeParse(inner.success ? inner.data.data : payload)
  if (!parsed.success) return null
  const { id, accountId: owner, contractId } = parsed.data
  const about = event === 'GatewayUserAccount' ? id : owner
  if (about !== undefined && String(about) !== accountId) return null
  return { kind: USER_EVENTS[event], instruments: contractId === undefined ? [] : [instrumentOf(contractId)] }
}

/** The last price of a quote; null when it says none. Its own `symbol` names the product, not the contract. */
export function lastPriceOf(payload: unknown): DecimalString | null {
  const parsed = quote.safeParse(payload)
  const text = parsed.success ? String(parsed.data.lastPrice) : ''
  return isDecimalText(text) ? decimalString(text) : null
}
