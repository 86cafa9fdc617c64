/**
 * The actions the venue accepts, in the shape of the wire after schema validation (reference section 1.1), and the
 * results it gives. The HTTP layer parses, recovers the signer and renders; the engine decides.
 */

/** Lower-case 0x address of 20 bytes. */
export type Address = string
/** Client order id: lower-case `0x` + 32 hex digits. */
export type Cloid = string

export type Tif = 'Gtc' | 'Ioc' | 'Alo' | 'FrontendMarket'
export type Tpsl = 'tp' | 'sl'

/** `t` of an order: a limit with a time in force, or a trigger. */
export type OrderTypeWire =
  | { readonly limit: { readonly tif: Tif } }
  | { readonly trigger: { readonly isMarket: boolean; readonly triggerPx: string; readonly tpsl: Tpsl } }

/** One order: asset, isBuy, limit price, size, reduceOnly, type, cloid. Prices and sizes are plain decimal texts. */
export interface OrderWire {
  readonly a: number
  readonly b: boolean
  readonly p: string
  readonly s: string
  readonly r: boolean
  readonly t: OrderTypeWire
  readonly c?: Cloid | null
}

export type Grouping = 'na' | 'normalTpsl' | 'positionTpsl' | { readonly p: number }

/** Builder fee: address and tenths of a basis point. */
export interface BuilderWire {
  readonly b: Address
  readonly f: number
}

export interface OrderAction {
  readonly type: 'order'
  readonly orders: readonly OrderWire[]
  readonly grouping: Grouping
  readonly builder?: BuilderWire | null
}
export interface CancelAction {
  readonly type: 'cancel'
  readonly cancels: readonly { readonly a: number; readonly o: number }[]
}
export interface CancelByCloidAction {
  readonly type: 'cancelByCloid'
  readonly cancels: readonly { readonly asset: number; readonly cloid: Cloid }[]
}
export interface ModifyAction {
  readonly type: 'modify'
  readonly oid: number | Cloid
  readonly order: OrderWire
  /** always_place: without it the new order must be able to rest. */
  readonly a?: boolean
}
export interface BatchModifyAction {
  readonly type: 'batchModify'
  readonly modifies: readonly { readonly oid: number | Cloid; readonly order: OrderWire }[]
  readonly a?: boolean
}
export interface UpdateLeverageAction {
  readonly type: 'updateLeverage'
  readonly asset: number
  readonly isCross: boolean
  readonly leverage: number
}
/** `ntli`: signed integer, 1e6 = 1 USD. */
export interface UpdateIsolatedMarginAction {
  readonly type: 'updateIsolatedMargin'
  readonly asset: number
  readonly isBuy: boolean
  readonly ntli: number
}
export interface ScheduleCancelAction {
  readonly type: 'scheduleCancel'
  readonly time?: number | null
}
export interface NoopAction {
  readonly type: 'noop'
}
/** `usd`: integer, 1e6 = 1 USD. An agent may sign it, which is why our own signer must refuse it. */
export interface VaultTransferAction {
  readonly type: 'vaultTransfer'
  readonly vaultAddress: Address
  readonly isDeposit: boolean
  readonly usd: number
}
export interface CreateSubAccountAction {
  readonly type: 'createSubAccount'
  readonly name: string
}
export interface SubAccountTransferAction {
  readonly type: 'subAccountTransfer'
  readonly subAccountUser: Address
  readonly isDeposit: boolean
  readonly usd: number
}
export interface SetReferrerAction {
  readonly type: 'setReferrer'
  readonly code: string
}
export interface ReserveRequestWeightAction {
  readonly type: 'reserveRequestWeight'
  readonly weight: number
}

/** Actions hashed as L1 actions: a master or one of its agents may sign. */
export type L1Action =
  | OrderAction
  | CancelAction
  | CancelByCloidAction
  | ModifyAction
  | BatchModifyAction
  | UpdateLeverageAction
  | UpdateIsolatedMarginAction
  | ScheduleCancelAction
  | NoopAction
  | VaultTransferAction
  | CreateSubAccountAction
  | SubAccountTransferAction
  | SetReferrerAction
  | ReserveRequestWeightAction

/** Amounts are plain decimal texts in USDC; `time` or `nonce` must equal the envelope's nonce. */
export interface UsdSendAction {
  readonly type: 'usdSend'
  readonly destination: Address
  readonly amount: string
  readonly time: number
}
export interface WithdrawAction {
  readonly type: 'withdraw3'
  readonly destination: Address
  readonly amount: string
  readonly time: number
}
export interface UsdClassTransferAction {
  readonly type: 'usdClassTransfer'
  readonly amount: string
  readonly toPerp: boolean
  readonly nonce: number
}
/** `agentName` absent or null = the unnamed agent; may end in ` valid_until <ms>`. */
export interface ApproveAgentAction {
  readonly type: 'approveAgent'
  readonly agentAddress: Address
  readonly agentName?: string | null
  readonly nonce: number
}
/** `maxFeeRate` like `"0.01%"`. */
export interface ApproveBuilderFeeAction {
  readonly type: 'approveBuilderFee'
  readonly maxFeeRate: string
  readonly builder: Address
  readonly nonce: number
}

/** Actions signed as typed data by the account itself; they act on the recovered address, so an agent gets nowhere. */
export type UserSignedAction =
  | UsdSendAction
  | WithdrawAction
  | UsdClassTransferAction
  | ApproveAgentAction
  | ApproveBuilderFeeAction

export type VenueAction = L1Action | UserSignedAction

/** What the wire hands over after parsing and signature recovery. */
export interface ActionRequest {
  /** Address recovered from the signature, lower case. */
  readonly signer: Address
  readonly action: VenueAction
  readonly nonce: number
  /** Sub-account or vault the action is for; null or absent = the signer's own master. */
  readonly vaultAddress?: Address | null
  /** ms; L1 actions only. */
  readonly expiresAfter?: number | null
}

/** One leg's outcome of `order` and `batchModify`. `waitingFor…` legs carry no oid on the wire. */
export type OrderLegStatus =
  | { readonly kind: 'resting'; readonly oid: number; readonly cloid?: Cloid }
  | {
      readonly kind: 'filled'
      readonly totalSz: string
      readonly avgPx: string
      readonly oid: number
      readonly cloid?: Cloid
    }
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'waitingForFill' }
  | { readonly kind: 'waitingForTrigger' }

/** One leg's outcome of `cancel` and `cancelByCloid`. */
export type CancelLegStatus = { readonly kind: 'success' } | { readonly kind: 'error'; readonly error: string }

/**
 * The venue's answer. `err` is `{"status":"err","response":message}`; the others are `{"status":"ok",…}` with the type of
 * the reference (1.2). A batch refused before execution answers `order`/`cancel` with ONE error leg.
 */
export type ActionResult =
  | { readonly kind: 'order'; readonly legs: readonly OrderLegStatus[] }
  | { readonly kind: 'cancel'; readonly legs: readonly CancelLegStatus[] }
  | { readonly kind: 'default' }
  | { readonly kind: 'createSubAccount'; readonly address: Address }
  | { readonly kind: 'err'; readonly message: string; readonly cause: RefusalCause }

/** Why a whole request was refused, for rate accounting (a stale `expiresAfter` costs five times) and for tests. */
export type RefusalCause = 'vault' | 'signer' | 'nonce' | 'expired' | 'action'
