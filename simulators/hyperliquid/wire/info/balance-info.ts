/** /info on balances, positions, fees, limits and account history (reference sections 4.1 and 4.4). */
import { z } from 'zod'
import { ZERO_STRING } from '#domain/decimal.ts'
import type { ClearinghouseView, MarginSummary } from '#simulators/hyperliquid/engine/record.ts'
import type { AccountReads } from '#simulators/hyperliquid/engine/venue.ts'
import { clearinghouseState } from '#simulators/hyperliquid/wire/render/clearinghouse.ts'
import { sumText, wireNumber } from '#simulators/hyperliquid/wire/render/number.ts'
import { dex, user } from './info-fields.ts'
import { infoRequest } from './info-request.ts'
import { portfolio } from './portfolio.ts'

const NOTHING: MarginSummary = {
  accountValue: ZERO_STRING,
  totalNtlPos: ZERO_STRING,
  totalRawUsd: ZERO_STRING,
  totalMarginUsed: ZERO_STRING,
}

/** clearinghouseState of an account; a unified account's perpetual balances are "not meaningful" and read zero. */
export function perpState(account: AccountReads, address: string): object {
  const view = account.clearinghouse(address)
  return clearinghouseState(isUnified(account, address) ? withoutBalances(view) : view)
}

/** spotClearinghouseState: where a unified account's money shows. */
export function spotBalances(account: AccountReads, address: string): object {
  const spot = account.spotUsdc(address)
  const view = account.clearinghouse(address)
  const unified = isUnified(account, address)
  const total = unified ? sumText([spot, view.marginSummary.accountValue]) : spot
  if (total === ZERO_STRING) return { balances: [] }
  const hold = unified ? view.marginSummary.totalMarginUsed : ZERO_STRING
  return {
    balances: [{ coin: 'USDC', token: 0, total: wireNumber(total), hold: wireNumber(hold), entryNtl: '0.0' }],
  }
}

function isUnified(account: AccountReads, address: string): boolean {
  const mode = account.abstraction(address)
  return mode === 'unifiedAccount' || mode === 'portfolioMargin'
}

function withoutBalances(view: ClearinghouseView): ClearinghouseView {
  return {
    ...view,
    marginSummary: NOTHING,
    crossMarginSummary: NOTHING,
    crossMaintenanceMarginUsed: ZERO_STRING,
    withdrawable: ZERO_STRING,
  }
}

/** Request types of this group. */
export const balanceInfo = {
  clearinghouseState: infoRequest({ schema: z.object({ user, dex }), weight: 2 }, (request, { account }) =>
    perpState(account, request.user),
  ),
  spotClearinghouseState: infoRequest({ schema: z.object({ user }), weight: 2 }, (request, { account }) =>
    spotBalances(account, request.user),
  ),
  userRateLimit: infoRequest({ schema: z.object({ user }) }, (request, { rateLimit }) => rateLimit(request.user)),
  portfolio: infoRequest({ schema: z.object({ user }) }, (request, context) => portfolio(context, request.user)),
  userFees: infoRequest({ schema: z.object({ user }) }, (_, { fees }) => ({
    dailyUserVlm: [],
    feeSchedule: {
      cross: fees.taker,
      add: fees.maker,
      spotCross: fees.taker,
      spotAdd: fees.maker,
      tiers: { vip: [], mm: [] },
      referralDiscount: '0.0',
      stakingDiscountTiers: [],
    },
    userCrossRate: fees.taker,
    userAddRate: fees.maker,
    userSpotCrossRate: fees.taker,
    userSpotAddRate: fees.maker,
    activeReferralDiscount: '0.0',
    trial: null,
    feeTrialReward: '0.0',
    nextTrialAvailableTimestamp: null,
    stakingLink: null,
    activeStakingDiscount: { bpsOfMaxSupply: '0.0', discount: '0.0' },
  })),
  activeAssetData: infoRequest(
    { schema: z.object({ user, coin: z.string() }), weight: 20 },
    (request, { account, venue }) => activeAssetData(account, venue.market.context(request.coin)?.markPx, request),
  ),
} as const

/** Leverage of an account in a coin and what it could trade there. Sizes assume all withdrawable money as margin. */
export function activeAssetData(
  account: AccountReads,
  markPx: string | undefined,
  request: { readonly user: string; readonly coin: string },
): object {
  const leverage = account.leverage(request.user, request.coin)
  const available = wireNumber(account.clearinghouse(request.user).withdrawable)
  return {
    user: request.user,
    coin: request.coin,
    leverage,
    maxTradeSzs: ['0.0', '0.0'],
    availableToTrade: [available, available],
    markPx: markPx ?? '0.0',
  }
}
