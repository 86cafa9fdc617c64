/** Checks that need only the payload and the listings: one failure refuses the whole batch, no oid is given (reference 1.2). */
import { type Decimal, isDecimalText, parseDecimal } from '#domain/decimal.ts'
import type { BuilderWire, Grouping, OrderWire } from './action.ts'
import type { PerpInstrument } from './instrument.ts'
import { batchError } from './messages.ts'
import type { OrderDraft } from './order-record.ts'
import { isLotSize, isTickPrice } from './price-rules.ts'
import type { AccountState, VenueState } from './state.ts'

/** A payload that passed, ready to execute. A null draft is an order in a spot pair, which fails at execution. */
export interface CheckedOrder {
  readonly asset: number
  readonly draft: OrderDraft | null
}
export type CheckedBatch =
  | { readonly ok: true; readonly orders: readonly CheckedOrder[] }
  | { readonly ok: false; readonly message: string }

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message }
}

/** Checks every leg in turn; the first failure is the answer for all. */
export function checkBatch(
  state: VenueState,
  account: AccountState,
  orders: readonly OrderWire[],
  grouping: Grouping,
  builder: BuilderWire | null,
): CheckedBatch {
  if (orders.length === 0) return refuse(batchError.empty)
  if (builder !== null && !account.builderFees.has(builder.b)) return refuse(batchError.builderFee)
  if (builder !== null && (account.builderFees.get(builder.b) ?? 0) < builder.f) return refuse(batchError.builderFee)
  const checked: CheckedOrder[] = []
  for (const wire of orders) {
    const result = checkOrder(state, wire, grouping, builder)
    if (typeof result === 'string') return refuse(result)
    checked.push(result)
  }
  const shape = checkGrouping(checked, grouping)
  return shape === undefined ? { ok: true, orders: checked } : refuse(shape)
}

function checkOrder(
  state: VenueState,
  wire: OrderWire,
  grouping: Grouping,
  builder: BuilderWire | null,
): CheckedOrder | string {
  const asset = wire.a
  if (state.spotPairs.some((pair) => pair.asset === asset)) return { asset, draft: null }
  const instrument = state.perps[asset]
  if (instrument === undefined || instrument.isDelisted === true) return batchError.invalidAsset(asset)
  const timing = checkTiming(wire, instrument)
  if (typeof timing === 'string') return timing
  const limitPx = checkPrice(wire.p, instrument)
  if (typeof limitPx === 'string') return limitPx
  const sz = checkSize(wire.s, instrument, grouping === 'positionTpsl')
  if (typeof sz === 'string') return sz
  const draft: OrderDraft = {
    ...timing,
    instrument,
    isBuy: wire.b,
    limitPx,
    sz,
    reduceOnly: wire.r,
    isPositionTpsl: grouping === 'positionTpsl',
    cloid: wire.c?.toLowerCase() ?? null,
    builder: builder === null ? null : { address: builder.b, feeTenthsBps: builder.f },
  }
  return { asset, draft }
}

/** When the order acts: by its time in force, or once triggered. */
function checkTiming(wire: OrderWire, instrument: PerpInstrument): Pick<OrderDraft, 'tif' | 'trigger'> | string {
  if ('limit' in wire.t) return { tif: wire.t.limit.tif, trigger: null }
  const { isMarket, tpsl } = wire.t.trigger
  if (!wire.r) return batchError.triggerNotReduceOnly(instrument.asset)
  const triggerPx = checkPrice(wire.t.trigger.triggerPx, instrument)
  return typeof triggerPx === 'string' ? triggerPx : { tif: null, trigger: { isMarket, triggerPx, tpsl } }
}

function checkPrice(text: string, instrument: PerpInstrument): Decimal | string {
  const px = isDecimalText(text) ? parseDecimal(text) : null
  if (px === null || px.lte(0)) return batchError.invalidPrice
  return isTickPrice(px, instrument.szDecimals) ? px : batchError.tick(instrument.asset)
}

function checkSize(text: string, instrument: PerpInstrument, zeroAllowed: boolean): Decimal | string {
  const sz = isDecimalText(text) ? parseDecimal(text) : null
  if (sz === null || sz.isNegative()) return batchError.invalidSize
  if (sz.isZero()) return zeroAllowed ? sz : batchError.zeroSize
  return isLotSize(sz, instrument.szDecimals) ? sz : batchError.invalidSize
}

function checkGrouping(orders: readonly CheckedOrder[], grouping: Grouping): string | undefined {
  const [first, ...rest] = orders
  if (grouping === 'positionTpsl') {
    const fits = orders.every((order) => order.draft?.trigger != null && order.asset === first?.asset)
    return fits ? undefined : batchError.badGrouping
  }
  if (grouping !== 'normalTpsl') return undefined
  const parent = first?.draft
  const fits =
    parent?.trigger === null &&
    rest.length > 0 &&
    rest.every(({ draft, asset }) => draft?.trigger != null && asset === first?.asset && draft.isBuy !== parent.isBuy)
  return fits ? undefined : batchError.badGrouping
}
