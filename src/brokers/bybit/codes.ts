/** What the venue's return codes mean for an order of ours (reference section B7). Codes decide; texts vary and are only shown. */

/** `refused`: this transmission was turned away. `duplicate`: the id is taken. `expired`: outside of the time window. */
export type CodeMeaning = 'ok' | 'refused' | 'duplicate' | 'expired' | 'ambiguous'

const OK = 0
const DUPLICATE_LINK_ID = 110072
const OUTSIDE_WINDOW = 10002
/** Over the limit of the account. */
export const RATE_LIMITED = 10006

/**
 * Refusals that say no to an order as sent: parameters, permission, funds, limits, price and trigger rules, reduce-only on a flat position.
 * Whatever is not listed is ambiguous: 10000 (timeout), 10006 (rate), 10016 (server), and every code we do not know.
 */
const REFUSALS: ReadonlySet<number> = new Set([
  10001, 10003, 10004, 10005, 10007, 10008, 10009, 10010, 10024, 10027, 10028, 10029, 33004, 30208, 30209, 110003,
  110004, 110005, 110006, 110007, 110009, 110011, 110012, 110013, 110017, 110020, 110021, 110022, 110023, 110034,
  110044, 110045, 110074, 110090, 110092, 110093, 110094,
])

/** On a cancel: the order is not among the live ones; what became of it is to be looked up. */
const GONE: ReadonlySet<number> = new Set([110001, 110008, 110010])

/** Key, signature, permission, address, ban or region: nothing works until a human corrects it. */
const CONFIGURATION: ReadonlySet<number> = new Set([10003, 10004, 10005, 10007, 10009, 10010, 10024, 10027, 33004])

export function meaningOf(retCode: number): CodeMeaning {
  if (retCode === OK) return 'ok'
  if (retCode === DUPLICATE_LINK_ID) return 'duplicate'
  if (retCode === OUTSIDE_WINDOW) return 'expired'
  return REFUSALS.has(retCode) ? 'refused' : 'ambiguous'
}

/** Whether a cancel was refused because its target is not among the live orders. */
export function isGone(retCode: number): boolean {
  return GONE.has(retCode)
}

/** Whether the refusal is about the key or who uses it. */
export function isConfiguration(retCode: number): boolean {
  return CONFIGURATION.has(retCode)
}
