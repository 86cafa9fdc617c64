/** Endpoints that change orders and positions. All answers are acknowledgements (reference section B3). */
import { isRefusal, type Refusal } from '#simulators/bybit/engine/refusal.ts'
import type { Acked } from '#simulators/bybit/engine/request.ts'
import type { Answer } from '#simulators/bybit/wire/envelope.ts'
import {
  amendBody,
  cancelAllBody,
  cancelBody,
  createBody,
  leverageBody,
  switchModeBody,
  tradingStopBody,
} from '#simulators/bybit/wire/request-schema.ts'
import { badParameter } from '#simulators/bybit/engine/refusal.ts'
import { type PrivateEndpoint, withBody } from './endpoint.ts'

const ORDER = { method: 'POST', limit: 10, permission: 'Order' } as const
const POSITION = { method: 'POST', limit: 10, permission: 'Position' } as const

/** Endpoints by path. */
export const TRADING_ENDPOINTS: Readonly<Record<string, PrivateEndpoint>> = {
  '/v5/order/create': {
    ...ORDER,
    answer: ({ context, account, body }) =>
      withBody(createBody, body, (order) => acked(context.venue.trading.create(account, order))),
  },
  '/v5/order/amend': {
    ...ORDER,
    answer: ({ context, account, body }) =>
      withBody(amendBody, body, (order) => acked(context.venue.trading.amend(account, order))),
  },
  '/v5/order/cancel': {
    ...ORDER,
    answer: ({ context, account, body }) =>
      withBody(cancelBody, body, (order) => acked(context.venue.trading.cancel(account, order))),
  },
  '/v5/order/cancel-all': {
    ...ORDER,
    answer: ({ context, account, body }) =>
      withBody(cancelAllBody, body, ({ symbol, baseCoin, settleCoin }) => {
        if ([symbol, baseCoin, settleCoin].every((scope) => scope === undefined)) {
          return badParameter('symbol, baseCoin or settleCoin is required')
        }
        const scope = symbol ?? (baseCoin === undefined ? undefined : `${baseCoin}USDT`)
        return { result: { list: context.venue.trading.cancelAll(account, scope), success: '1' } }
      }),
  },
  '/v5/position/set-leverage': {
    ...POSITION,
    answer: ({ context, account, body }) =>
      withBody(leverageBody, body, (leverage) => done(context.venue.trading.setLeverage(account, leverage))),
  },
  '/v5/position/switch-mode': {
    ...POSITION,
    answer: ({ context, account, body }) =>
      withBody(switchModeBody, body, ({ mode }) => context.venue.trading.switchMode(account, mode)),
  },
  '/v5/position/trading-stop': {
    ...POSITION,
    answer: ({ context, account, body }) =>
      withBody(tradingStopBody, body, (stop) => done(context.venue.trading.tradingStop(account, stop))),
  },
}

function acked(outcome: Acked | Refusal): Answer {
  return isRefusal(outcome) ? outcome : { result: outcome }
}

function done(refusal: Refusal | undefined): Answer {
  return refusal ?? { result: {} }
}
