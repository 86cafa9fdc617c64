/** What this process knows of the venues it trades at: what is left of its request budgets, and whether streams are up. */
import type { Registry } from 'prom-client'
import type { Broker } from '#brokers/broker.ts'
import { scrapedGauges } from './registry.ts'

/** An account that this process trades. */
export interface WatchedAccount {
  readonly broker: Broker
  /** `Infinity` while the stream is down. */
  changedAt(): number
}

export function accountGauges(registry: Registry, accounts: ReadonlyMap<string, WatchedAccount>): void {
  const budgets = (valueOf: (budget: { readonly left: number; readonly limit: number }) => number) => () =>
    [...accounts].flatMap(([account, { broker }]) =>
      (broker.budgets?.() ?? []).map((budget) => {
        return [{ venue: broker.venue, account, budget: budget.name }, valueOf(budget)] as const
      }),
    )
  const labels = ['venue', 'account', 'budget']
  scrapedGauges(registry, [
    {
      name: 'truebook_venue_budget_left',
      help: 'What this process may still ask of the venue now, in units of its limit; negative after urgent requests overdrew it.',
      labels,
      read: budgets(({ left }) => left),
    },
    {
      name: 'truebook_venue_budget_limit',
      help: 'The whole of that budget.',
      labels,
      read: budgets(({ limit }) => limit),
    },
    {
      name: 'truebook_venue_stream_up',
      help: "Whether the venue's stream of the account is up in this process; without it positions are looked at by asking.",
      labels: ['venue', 'account'],
      read: () =>
        [...accounts].map(([account, watched]) => [
          { venue: watched.broker.venue, account },
          Number(Number.isFinite(watched.changedAt())),
        ]),
    },
  ])
}
