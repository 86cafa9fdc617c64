/**
 * The register of actions the venue understands: raw JSON in, canonical typed action out. Anything else is the venue's
 * 422, which consumes no nonce.
 */
import type { z } from 'zod'
import { cancelActions } from './actions/cancel-actions.ts'
import { marginActions } from './actions/margin-actions.ts'
import { orderActions } from './actions/order-actions.ts'
import { transferActions } from './actions/transfer-actions.ts'
import { userSignedActions } from './actions/user-signed-actions.ts'

const ACTIONS = {
  ...orderActions,
  ...cancelActions,
  ...marginActions,
  ...transferActions,
  ...userSignedActions,
} as const

/** Names of all actions. */
export type ActionType = keyof typeof ACTIONS
/** A canonical action; its key order is the order in which it is hashed. */
export type WireAction = { [Type in ActionType]: z.output<(typeof ACTIONS)[Type]> }[ActionType]

/** Parses an action into canonical form; undefined when the venue could not deserialise it. */
export function parseAction(raw: unknown): WireAction | undefined {
  if (typeof raw !== 'object' || raw === null || !('type' in raw) || typeof raw.type !== 'string') return undefined
  if (!Object.hasOwn(ACTIONS, raw.type)) return undefined
  const parsed = ACTIONS[raw.type as ActionType].safeParse(raw)
  return parsed.success ? parsed.data : undefined
}
