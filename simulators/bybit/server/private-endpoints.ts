/** All endpoints that need a signature. */
import { accountInfo, closedPnl, executions, positions, transactionLog, walletBalance } from './account-reads.ts'
import { queryApiResult } from './api-keys.ts'
import { badParameter } from '#simulators/bybit/engine/refusal.ts'
import type { PrivateEndpoint } from './endpoint.ts'
import { history, realtime } from './order-reads.ts'
import { TRADING_ENDPOINTS } from './trading-endpoints.ts'

const READ = { method: 'GET', limit: 50, permission: 'read' } as const

/** Endpoints by path. */
export const PRIVATE_ENDPOINTS: Readonly<Record<string, PrivateEndpoint>> = {
  ...TRADING_ENDPOINTS,
  '/v5/order/realtime': { ...READ, answer: linearOnly(realtime) },
  '/v5/order/history': { ...READ, answer: linearOnly(history) },
  '/v5/execution/list': { ...READ, answer: linearOnly(executions) },
  '/v5/position/list': { ...READ, answer: linearOnly(positions) },
  '/v5/position/closed-pnl': { ...READ, answer: linearOnly(closedPnl) },
  '/v5/account/transaction-log': { ...READ, limit: 25, answer: transactionLog },
  '/v5/account/wallet-balance': { ...READ, answer: walletBalance },
  '/v5/account/info': { ...READ, answer: accountInfo },
  '/v5/user/query-api': {
    method: 'GET',
    limit: 10,
    permission: null,
    answer: ({ context, key, account }) => ({
      result: queryApiResult(key, context.venue.account.uid(account), context.venue.now()),
      retMsg: '',
    }),
  },
}

/** The venue wants a category; other ones than linear are empty here. */
function linearOnly(answer: PrivateEndpoint['answer']): PrivateEndpoint['answer'] {
  return (request) => {
    const category = request.query.get('category')
    if (category === null) return badParameter('category is required')
    return category === 'linear' ? answer(request) : { result: { list: [], nextPageCursor: '', category } }
  }
}
