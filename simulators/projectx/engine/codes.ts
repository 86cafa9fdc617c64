/** The venue's integer codes (reference C4): the wire carries them as they are, so the engine speaks them too. */

/** Bid buys, ask sells. An omitted side is 0: a buy. */
export const SIDE = { buy: 0, sell: 1 } as const
export type Side = 0 | 1

export const ORDER_TYPE = {
  limit: 1,
  market: 2,
  stopLimit: 3,
  stop: 4,
  trailingStop: 5,
  joinBid: 6,
  joinAsk: 7,
} as const

/** There is no partially-filled status: that is `open` with a fill volume. */
export const STATUS = {
  open: 1,
  filled: 2,
  cancelled: 3,
  expired: 4,
  rejected: 5,
  pending: 6,
  suspended: 8,
} as const
export type OrderStatus = (typeof STATUS)[keyof typeof STATUS]

/** Errors of Order/place. */
export const PLACE_ERROR = {
  accountNotFound: 1,
  orderRejected: 2,
  accountViolation: 4,
  outsideTradingHours: 5,
  contractNotFound: 8,
  contractNotActive: 9,
  accountRejected: 10,
} as const

/** Errors of Order/modify and Order/cancel. */
export const CHANGE_ERROR = { accountNotFound: 1, orderNotFound: 2, rejected: 3, accountRejected: 6 } as const

/** Errors of Position/closeContract. */
export const CLOSE_ERROR = {
  accountNotFound: 1,
  positionNotFound: 2,
  contractNotFound: 3,
  contractNotActive: 4,
  orderRejected: 5,
  accountRejected: 8,
} as const

/** Errors of Position/partialCloseContract: the same, moved by one from the fifth on. */
export const PARTIAL_CLOSE_ERROR = {
  ...CLOSE_ERROR,
  invalidCloseSize: 5,
  orderRejected: 6,
  accountRejected: 9,
} as const

/** Whether an order can still trade or wake up. */
export function isAlive(status: OrderStatus): boolean {
  return status === STATUS.open || status === STATUS.pending || status === STATUS.suspended
}
