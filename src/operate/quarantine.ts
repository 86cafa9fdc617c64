/** Quarantine and release: the trading state of an account. No gate ever asks it about an exit. */
import type { TradingState } from '#domain/account.ts'
import { quarantineRadius, releaseRadius } from '#domain/operator/account-state.ts'
import type { ActionOf } from '#domain/operator/action.ts'
import { accountHolder } from './chain.ts'
import { recordOf, sealedWithRefs } from './record.ts'
import type { OperateTools, Order, Performed, StoredView } from './tools.ts'
import type { Verb } from './verb.ts'

export const quarantine: Verb<'quarantine'> = { radius: quarantineRadius, perform: turn('quarantined') }
export const release: Verb<'release'> = { radius: releaseRadius, perform: turn('active') }

function turn(state: TradingState) {
  return async (
    action: ActionOf<'quarantine'> | ActionOf<'release'>,
    view: StoredView,
    order: Order,
    { book }: OperateTools,
  ): Promise<Performed> => {
    const holder = accountHolder(action.account, view, order.at)
    const change = { before: { state: holder.before?.state ?? 'active' }, after: { state } }
    const { writes, records } = sealedWithRefs([
      holder.write((row) => ({ ...row, state, updatedAt: order.at })),
      recordOf(action, holder.about, change, order),
    ])
    await book.commit(writes)
    return { detail: `${action.account} is ${state}.`, records, keys: [] }
  }
}
