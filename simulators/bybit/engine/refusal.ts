/** A request the venue does not carry out: its code and text (reference section B7). Clients match on the code only. */

/** The venue's refusal. */
export interface Refusal {
  readonly retCode: number
  readonly retMsg: string
}

/** Makes a refusal. */
export function refuse(retCode: number, retMsg: string): Refusal {
  return { retCode, retMsg }
}

/** 10001: a parameter is wrong. */
export function badParameter(what: string): Refusal {
  return refuse(10001, `params error: ${what}`)
}

/** The first refusal that a list of checks finds; later checks are not run. */
export function firstRefusal(checks: readonly (() => Refusal | undefined)[]): Refusal | undefined {
  for (const check of checks) {
    const refusal = check()
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** Whether an answer of the engine is a refusal. */
export function isRefusal(answer: object): answer is Refusal {
  return 'retCode' in answer
}

export const ORDER_NOT_FOUND = refuse(110001, 'order not exists or too late to cancel')
export const DUPLICATE_LINK_ID = refuse(110072, 'OrderLinkedID is duplicate')
export const NOTHING_TO_REDUCE = refuse(110017, 'current position is zero, cannot fix reduce-only order qty')
export const WRONG_POSITION_MODE = refuse(10001, 'position idx not match position mode')
