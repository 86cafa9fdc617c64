/** An account that trades one instrument, without sizing, programme or stream. */
import type { Broker } from '#brokers/broker.ts'
import type { AccountId } from '#domain/ids.ts'
import { BTC, GATES, PACE } from '#test/domain/samples.ts'
import type { TradingAccount } from '#workers/worker.ts'

export function plainAccount(account: AccountId, broker: Broker, mark: TradingAccount['mark']): TradingAccount {
  return {
    policy: {
      account,
      venue: broker.venue,
      strategies: ['*'],
      sizing: null,
      strategySizing: {},
      programme: null,
      gates: GATES,
      pace: PACE,
    },
    broker,
    instrument: async () => BTC,
    front: async () => BTC,
    changedAt: () => Number.POSITIVE_INFINITY,
    mark,
  }
}
