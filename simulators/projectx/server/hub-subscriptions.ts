/** What one hub connection is subscribed to, and what of an event it gets (reference C5). */
import type { AccountEvent, VenueEvent } from '#simulators/projectx/engine/event.ts'
import { withoutNulls } from '#simulators/projectx/wire/json.ts'
import {
  accountJson,
  depthJson,
  goneJson,
  orderJson,
  positionJson,
  printJson,
  quoteJson,
  tradeJson,
} from '#simulators/projectx/wire/rows.ts'
import type { HubName } from './hub-paths.ts'

/** How events of the user hub are wrapped: as captured live, or bare as the documentation shows them. */
export type EventShape = 'action-data' | 'bare'

/** One message to send: its target, its arguments, and whom and what it is about. */
export interface HubEvent {
  readonly target: string
  readonly args: readonly unknown[]
  readonly account?: { readonly id: number; readonly name: string }
  readonly contract?: string
  readonly tag?: string | null
}

const TARGETS = {
  account: 'GatewayUserAccount',
  order: 'GatewayUserOrder',
  position: 'GatewayUserPosition',
  trade: 'GatewayUserTrade',
} as const

const METHODS: Readonly<Record<HubName, readonly string[]>> = {
  user: ['Accounts', 'Orders', 'Positions', 'Trades'],
  market: ['ContractQuotes', 'ContractTrades', 'ContractMarketDepth'],
}

/** Subscriptions of one connection. Keys are `Orders 25775680`, `Accounts`, `ContractQuotes CON.F.US.ENQ.Z26`. */
export class HubSubscriptions {
  readonly #hub: HubName
  readonly #userName: string
  readonly #shape: EventShape
  readonly #keys = new Set<string>()

  constructor(hub: HubName, userName: string, shape: EventShape) {
    this.#hub = hub
    this.#userName = userName
    this.#shape = shape
  }

  /** Carries out `Subscribe…` or `Unsubscribe…`; the topic and its subject, or undefined for an unknown method. */
  invoke(
    target: string,
    args: readonly unknown[],
  ): { readonly topic: string; readonly subject: string; readonly isNew: boolean } | undefined {
    const match = /^(Subscribe|Unsubscribe)(\w+)$/.exec(target)
    const topic = match?.[2] ?? ''
    if (match === null || !METHODS[this.#hub].includes(topic)) return undefined
    const subject = topic === 'Accounts' ? '' : String(args[0])
    const key = `${topic} ${subject}`
    const isNew = match[1] === 'Subscribe' && !this.#keys.has(key)
    if (match[1] === 'Subscribe') this.#keys.add(key)
    else this.#keys.delete(key)
    return { topic, subject, isNew }
  }

  /** Whether anything of an account is subscribed. */
  watches(accountId: number): boolean {
    return [...this.#keys].some((key) => key.endsWith(` ${accountId}`)) || this.#keys.has('Accounts ')
  }

  /** The messages an event means for this connection. An account of another user stays silent. */
  messages(event: VenueEvent): readonly HubEvent[] {
    if (this.#hub === 'user') {
      return 'account' in event && event.account.userName === this.#userName ? this.#accountMessages(event) : []
    }
    if (event.type === 'quote') {
      const { contractId } = event.row
      return [
        ...this.#ofContract('ContractQuotes', 'GatewayQuote', contractId, quoteJson(event.row, false)),
        ...this.#ofContract('ContractMarketDepth', 'GatewayDepth', contractId, depthJson(event.row)),
      ]
    }
    if (event.type !== 'print') return []
    return this.#ofContract('ContractTrades', 'GatewayTrade', event.row.contractId, [printJson(event.row)])
  }

  #accountMessages(event: AccountEvent): readonly HubEvent[] {
    const { account, tag } = event
    const topic = { account: 'Accounts', order: 'Orders', position: 'Positions', trade: 'Trades' }[event.type]
    if (!this.#keys.has(`${topic} ${event.type === 'account' ? '' : account.id}`)) return []
    const data = withoutNulls(dataOf(event))
    const payload = this.#shape === 'bare' ? data : { action: event.change, data }
    const contract = event.type === 'account' ? {} : { contract: event.row.contractId }
    return [{ target: TARGETS[event.type], args: [payload], account, tag, ...contract }]
  }

  #ofContract(topic: string, target: string, contract: string, data: unknown): readonly HubEvent[] {
    return this.#keys.has(`${topic} ${contract}`) ? [{ target, args: [contract, data], contract }] : []
  }
}

function dataOf(event: AccountEvent): object {
  switch (event.type) {
    case 'account':
      return accountJson(event.row)
    case 'order':
      return orderJson(event.row)
    case 'position':
      return event.change === 2 ? goneJson(event.row) : positionJson(event.row)
    case 'trade':
      return tradeJson(event.row)
  }
}
