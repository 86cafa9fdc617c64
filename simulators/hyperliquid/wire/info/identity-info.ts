/** /info on who an address is and what it has approved (reference sections 3.4 and 3.5). */
import { z } from 'zod'
import type { RoleView } from '#simulators/hyperliquid/engine/record.ts'
import { clearinghouseState } from '#simulators/hyperliquid/wire/render/clearinghouse.ts'
import { spotBalances } from './balance-info.ts'
import { user } from './info-fields.ts'
import { infoRequest } from './info-request.ts'

/** Request types of this group. */
export const identityInfo = {
  userRole: infoRequest({ schema: z.object({ user }), weight: 60 }, (request, { account }) =>
    roleBody(account.role(request.user)),
  ),
  extraAgents: infoRequest({ schema: z.object({ user }) }, (request, { account }) =>
    // The unnamed agent is no extra one: it shows only in webData2 (section 3.5).
    account.agents(request.user).filter((agent) => agent.name !== null),
  ),
  subAccounts: infoRequest({ schema: z.object({ user }) }, (request, { account }) => {
    const subAccounts = account.subAccounts(request.user)
    if (subAccounts.length === 0) return null
    return subAccounts.map(({ name, address }) => ({
      name,
      subAccountUser: address,
      master: request.user,
      clearinghouseState: clearinghouseState(account.clearinghouse(address)),
      spotState: spotBalances(account, address),
    }))
  }),
  userAbstraction: infoRequest({ schema: z.object({ user }) }, (request, { account }) =>
    account.abstraction(request.user),
  ),
  maxBuilderFee: infoRequest({ schema: z.object({ user, builder: user }) }, (request, { account }) =>
    account.maxBuilderFee(request.user, request.builder),
  ),
  referral: infoRequest({ schema: z.object({ user }) }, (request, { account }) => ({
    referredBy: null,
    cumVlm: account.volume(request.user),
    unclaimedRewards: '0.0',
    claimedRewards: '0.0',
    builderRewards: '0.0',
    referrerState: null,
    rewardHistory: [],
    tokenToState: [],
  })),
  userVaultEquities: infoRequest({ schema: z.object({ user }) }, () => []),
} as const

function roleBody(role: RoleView): object {
  switch (role.role) {
    case 'agent':
      return { role: 'agent', data: { user: role.user } }
    case 'subAccount':
      return { role: 'subAccount', data: { master: role.master } }
    case 'user':
    case 'vault':
    case 'missing':
      return { role: role.role }
  }
}
