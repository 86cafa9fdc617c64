/** What the interface asks for, as the wire hands it over: integers as they came, prices exact, an absent integer zero. */
import type { Decimal } from '#domain/decimal.ts'

export interface BracketRequest {
  /** Signed, from the entry's fill price. */
  readonly ticks: number
  readonly type: number
}

export interface PlaceRequest {
  readonly accountId: number
  readonly contractId: string
  readonly type: number
  readonly side: number
  readonly size: number
  readonly limitPrice: Decimal | null
  readonly stopPrice: Decimal | null
  /** A price level; only its distance from the last price is kept. */
  readonly trailPrice: Decimal | null
  readonly customTag: string | null
  readonly stopLossBracket: BracketRequest | null
  readonly takeProfitBracket: BracketRequest | null
}

/** What is null stays as it is. */
export interface ModifyRequest {
  readonly accountId: number
  readonly orderId: number
  readonly size: number | null
  readonly limitPrice: Decimal | null
  readonly stopPrice: Decimal | null
  readonly trailPrice: Decimal | null
}

/** The venue's verdict; `errorCode` 0 is success, any other is of the endpoint's own list. */
export interface Verdict {
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** The verdict of a placement; a refused order may have an id too. */
export interface PlaceVerdict extends Verdict {
  readonly orderId: number | null
}

export const DONE: Verdict = { errorCode: 0, errorMessage: null }
