/**
 * What the venue's answers look like, as far as we rely on it (reference sections B2 to B6). Unknown extra fields pass; a missing or
 * mistyped one is a protocol error that names its path. Numbers come as text and stay exact.
 */
import { z } from 'zod'
import { ZERO_STRING } from '#domain/decimal.ts'
import { exact, positive } from '#brokers/wire-answer.ts'

/** The venue writes "" where a number does not apply. */
const exactOrZero = z.union([z.literal('').transform(() => ZERO_STRING), exact])
const exactOrNull = z.union([z.literal('').transform(() => null), exact])
const instant = z.string().regex(/^\d+$/).transform(Number)
const side = z.enum(['Buy', 'Sell'])

/** Every answer: only `retCode` says whether it is good, the text varies. */
export const envelopeSchema = z.looseObject({
  retCode: z.int(),
  retMsg: z.string().default(''),
  result: z.unknown(),
  /** The venue's time of the answer, ms. */
  time: z.int(),
})
export type Envelope = z.output<typeof envelopeSchema>

/** Acknowledgement of a create or cancel. */
export const acknowledgedSchema = z.looseObject({ orderId: z.string().min(1), orderLinkId: z.string() })

/** An order of `order/realtime` or `order/history`. */
export const orderSchema = z.looseObject({
  orderId: z.string().min(1),
  orderLinkId: z.string(),
  parentOrderLinkId: z.string().optional(),
  symbol: z.string(),
  side,
  price: exactOrZero,
  qty: exact,
  cumExecQty: exactOrZero,
  avgPrice: exactOrZero,
  orderStatus: z.string(),
  rejectReason: z.string().default(''),
  createType: z.string().optional(),
  stopOrderType: z.string(),
  triggerPrice: exactOrZero,
  /** 1: when the price rises to the trigger, 2: when it falls to it; 0 without one. */
  triggerDirection: z.int(),
  reduceOnly: z.boolean(),
  closeOnTrigger: z.boolean().default(false),
  createdTime: instant,
  updatedTime: instant,
})
export type WireOrder = z.output<typeof orderSchema>

const extraFee = z.looseObject({ feeCoin: z.string(), fee: exactOrZero })
const executionFields = z.looseObject({
  symbol: z.string(),
  orderId: z.string(),
  orderLinkId: z.string(),
  side,
  execId: z.string().min(1),
  execType: z.string(),
  execTime: instant,
  execPrice: exact,
  execQty: positive,
  execFee: exactOrZero,
  feeCurrency: z.string().default(''),
  /** A list on the stream, "" or a list over REST. */
  extraFees: z
    .union([z.literal('').transform(() => []), z.array(extraFee)])
    .nullish()
    .transform((fees) => fees ?? []),
  isMaker: z.boolean(),
  stopOrderType: z.string().default(''),
  /** Part of the size that closed; "" when none did. */
  closedSize: exactOrZero.default(ZERO_STRING),
  markPrice: exactOrZero.default(ZERO_STRING),
  seq: z.int().default(0),
})
export type WireExecution = z.output<typeof executionFields>

/** A row of `execution/list`, with itself as received. */
export const executionSchema = z
  .looseObject({})
  .transform((raw) => ({ row: raw, raw }))
  .pipe(z.object({ row: executionFields, raw: z.record(z.string(), z.unknown()) }))
export type ReceivedExecution = z.output<typeof executionSchema>

/** A row of `account/transaction-log`. change = cashFlow + funding - fee. */
export const transactionSchema = z.looseObject({
  id: z.string().min(1),
  symbol: z.string(),
  category: z.string().default(''),
  type: z.string(),
  currency: z.string(),
  tradeId: z.string().default(''),
  transactionTime: instant,
  /** Signed position after the row. */
  size: exactOrZero,
  /** Realised by the trade, gross of fees and funding. */
  cashFlow: exactOrZero,
  change: exactOrZero,
})
export type WireTransaction = z.output<typeof transactionSchema>

/** A row of `position/list`. */
export const positionSchema = z.looseObject({
  /** 0 in one-way mode, 1 and 2 in hedge mode. */
  positionIdx: z.int(),
  symbol: z.string(),
  side: z.enum(['Buy', 'Sell', '', 'None']),
  size: exact,
  avgPrice: exactOrZero,
  unrealisedPnl: exactOrZero,
  liqPrice: exactOrNull,
  positionStatus: z.string(),
  /** Grows with every change of the position; -1 when it was never traded. */
  seq: z.int(),
  isReduceOnly: z.boolean().default(false),
})
export type WirePosition = z.output<typeof positionSchema>

export const walletSchema = z.looseObject({
  list: z
    .array(
      z.looseObject({
        coin: z.array(
          z.looseObject({
            coin: z.string(),
            equity: exactOrZero,
            walletBalance: exactOrZero,
            unrealisedPnl: exactOrZero,
            /** 0 for what is no collateral. */
            usdValue: exactOrZero.default(ZERO_STRING),
          }),
        ),
      }),
    )
    .min(1),
})

const ratio = z.looseObject({ priceLimitRatioX: exactOrNull })
/** A row of `market/instruments-info`. */
export const instrumentSchema = z.looseObject({
  symbol: z.string(),
  contractType: z.string(),
  status: z.string(),
  settleCoin: z.string(),
  leverageFilter: z.looseObject({ maxLeverage: exact }),
  priceFilter: z.looseObject({ tickSize: exact }),
  lotSizeFilter: z.looseObject({ qtyStep: exact, maxMktOrderQty: exact, minNotionalValue: exactOrZero }),
  riskParameters: ratio.optional(),
})
export type WireInstrument = z.output<typeof instrumentSchema>

/** `market/tickers`; contracts that never traded have no mark yet. */
export const tickersSchema = z.looseObject({
  list: z.array(z.looseObject({ symbol: z.string(), markPrice: exactOrNull })),
})

/** A row of `position/closed-pnl`: the venue's own result of a closing order, after fees, without funding. */
export const closedPnlSchema = z.looseObject({
  orderId: z.string(),
  closedPnl: exact,
  closedSize: exact,
})

/** `market/time`. */
export const timeSchema = z.looseObject({ timeSecond: z.string() })

/** `user/query-api`. */
export const keySchema = z.looseObject({
  readOnly: z.int(),
  permissions: z.record(z.string(), z.array(z.string()).nullable()),
  ips: z.array(z.string()).nullish(),
  type: z.int().optional(),
  deadlineDay: z.int().optional(),
  isMaster: z.boolean().optional(),
  uta: z.int().optional(),
})
export type WireKey = z.output<typeof keySchema>
