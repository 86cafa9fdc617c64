/** The venue's error texts, word for word (reference section 1.3). Texts marked GUESS have no known source. */
import { type Decimal, toDecimalString } from '#domain/decimal.ts'
import type { OrderStatus } from './record.ts'

/** Leg errors end in the asset id, as seen live. */
function withAsset(text: string, asset: number): string {
  return `${text} asset=${asset}`
}

/** Why an order leg fails at execution: the text and the status its record gets. */
export interface OrderRejection {
  readonly status: OrderStatus
  readonly message: string
}

export const orderRejection = {
  minNotional: (asset: number): OrderRejection => ({
    status: 'minTradeNtlRejected',
    message: withAsset('Order must have minimum value of $10.', asset),
  }),
  margin: (asset: number): OrderRejection => ({
    status: 'perpMarginRejected',
    message: withAsset('Insufficient margin to place order.', asset),
  }),
  reduceOnly: (asset: number): OrderRejection => ({
    status: 'reduceOnlyRejected',
    message: withAsset('Reduce only order would increase position.', asset),
  }),
  postOnlyCross: (bid: Decimal, ask: Decimal, asset: number): OrderRejection => ({
    status: 'badAloPxRejected',
    message: withAsset(
      `Post only order would have immediately matched, bbo was ${toDecimalString(bid)}@${toDecimalString(ask)}.`,
      asset,
    ),
  }),
  noMatch: (asset: number): OrderRejection => ({
    status: 'iocCancelRejected',
    message: withAsset('Order could not immediately match against any resting orders.', asset),
  }),
  noLiquidity: (asset: number): OrderRejection => ({
    status: 'marketOrderNoLiquidityRejected',
    message: withAsset('No liquidity available for market order.', asset),
  }),
  badTriggerPx: (asset: number): OrderRejection => ({
    status: 'badTriggerPxRejected',
    message: withAsset('Invalid TP/SL price.', asset),
  }),
  priceBand: (asset: number): OrderRejection => ({
    status: 'oracleRejected',
    message: withAsset('Order price cannot be more than 80% away from the reference price', asset),
  }),
  spotBalance: (asset: number): OrderRejection => ({
    status: 'insufficientSpotBalanceRejected',
    message: `Insufficient spot balance asset=${asset}`,
  }),
  // GUESS: the status is documented, the text is not.
  tooManyOpenOrders: (asset: number): OrderRejection => ({
    status: 'tooManyOpenOrdersRejected',
    message: withAsset('Too many open orders.', asset),
  }),
  // GUESS: what the venue says to a resting duplicate, if it says anything.
  duplicateCloid: (asset: number): OrderRejection => ({
    status: 'rejected',
    message: withAsset('Duplicate cloid.', asset),
  }),
} as const

/** Errors of the payload itself: one for the whole batch, nothing executes, no order record. */
export const batchError = {
  empty: 'Orders are empty.',
  tick: (asset: number): string => withAsset('Price must be divisible by tick size.', asset),
  invalidPrice: 'Order has invalid price.',
  invalidSize: 'Order has invalid size.',
  zeroSize: 'Order has zero size.',
  // GUESS
  invalidAsset: (asset: number): string => withAsset('Order has invalid asset.', asset),
  // GUESS
  triggerNotReduceOnly: (asset: number): string => withAsset('TP/SL order must be reduce only.', asset),
  // GUESS
  badGrouping: 'Invalid order grouping.',
  builderFee: 'Builder fee has not been approved.',
  postOnlyWindow: 'Only post-only orders allowed immediately after a network upgrade',
} as const

export const cancelError = {
  gone: (asset: number): string => withAsset('Order was never placed, already canceled, or filled.', asset),
} as const

export const accountError = {
  unknownSigner: (address: string): string => `User or API Wallet ${address} does not exist.`,
  mustDeposit: (address: string): string => `Must deposit before performing actions. User: ${address}`,
  vaultNotRegistered: (address: string): string => `Vault not registered: ${address}`,
  vaultMayNot: 'Vault may not perform this action.',
  pendingAgentRemoval: 'User has pending agent removal',
  insufficientWithdrawal: 'Insufficient balance for withdrawal',
  nonceMismatch: 'Nonce mismatch.',
  expired: 'Action already expired',
  invalidLeverage: 'Invalid leverage value',
  modifyGone: 'Cannot modify canceled or filled order',
  // GUESS (the rest)
  agentTaken: 'Extra agent already used.',
  agentNameTooLong: 'Agent name too long.',
  agentValidity: 'Invalid agent valid until.',
  tooManyAgents: 'Too many extra agents.',
  switchWithPosition: 'Cannot switch leverage type with open position.',
  crossNotAllowed: 'Cross margin is not allowed for this asset.',
  leverageMargin: 'Insufficient margin to change leverage.',
  isolatedMargin: 'Insufficient margin available.',
  noIsolatedPosition: 'No isolated position to update.',
  insufficientTransfer: 'Insufficient balance for transfer',
  modifyNeedsAlwaysPlace: 'Modify must be post-only or non-executable unless always_place is set.',
  invalidAmount: 'Invalid amount.',
  builderRate: 'Invalid builder fee rate.',
  scheduleTooEarly: 'Scheduled cancel time too early, must be at least 5 seconds in the future.',
  scheduleTooMany: 'Too many scheduled cancels triggered today.',
  scheduleVolume: (traded: string): string =>
    `Cannot set scheduled cancel time until enough volume traded. Required: $1000000. Traded: $${traded}.`,
} as const

export const nonceError = {
  duplicate: (nonce: number): string => `Invalid nonce: duplicate nonce ${nonce}`,
  tooLow: (nonce: number, min: number): string => `Invalid nonce: nonce too low ${nonce} < ${min}`,
  tooHigh: (nonce: number, max: number): string => `Invalid nonce: nonce too high ${nonce} > ${max}`,
} as const
