/** Accounts at the three simulated venues with something of everything to read, and what each venue's answers may leave out. */
import type { TestContext } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import { decimalString } from '#domain/decimal.ts'
import type { InstrumentId } from '#domain/ids.ts'
import { MASTER, openSimulatedAccount as openHyperliquid } from '#test/brokers/hyperliquid/simulated-account.ts'
import { openSimulatedAccount as openBybit, TRADER } from '#test/brokers/bybit/simulated-account.ts'
import { ACCOUNT_NAME, FRONT, openSimulatedAccount as openProjectX } from '#test/brokers/projectx/simulated-account.ts'
import { entryOf, protectedEntryOf } from '#test/brokers/orders.ts'
import { type MutilatingTransport, mutilatingTransport } from './mutilating-transport.ts'

/** A broker with a history, on a transport that mutilates. */
export interface ReadSubject {
  readonly broker: Broker
  readonly transport: MutilatingTransport
  readonly instrument: InstrumentId
  /** Ms: from when on fills and cash are read. */
  readonly from: number
  readonly now: number
}

export interface VenueOfReads {
  readonly venue: string
  open(t: TestContext): Promise<ReadSubject>
  /**
   * Fields that the venue itself leaves out or fills with null where they do not apply: without them an answer is another good one.
   * By the last name of the path.
   */
  readonly optional: readonly string[]
  /** Fields where null is a good value. */
  readonly nullable: readonly string[]
  /** Whether a number in quotes is read as that number. */
  readonly numbersInQuotes: boolean
  /** Lists whose order is what names their rows. */
  readonly indexed: readonly string[]
}

/** Looks at records that lag follow each other at once: a mutilated answer does not mend. */
const NO_PAUSE = { lookups: 2, spanMs: 0 }
const START = Date.parse('2026-09-30T15:00:00Z')

/** An entry with its stop that fills, one that rests, and a trade by hand. */
async function trade(
  broker: Broker,
  prices: { readonly instrument: InstrumentId; readonly size: string; readonly buy: string; readonly rests: string },
  terms: { readonly now: () => number; readonly stop: { readonly triggerPrice: string; readonly limitPrice: string } },
): Promise<void> {
  const { instrument } = prices
  const size = decimalString(prices.size)
  const attached = {
    ...protectedEntryOf('a').attachedStop!,
    triggerPrice: decimalString(terms.stop.triggerPrice),
    limitPrice: decimalString(terms.stop.limitPrice),
    entryReference: decimalString(prices.buy),
  }
  const commands = [
    entryOf('a', { instrument, size, limitPrice: decimalString(prices.buy), attachedStop: attached }),
    entryOf('b', { instrument, size, limitPrice: decimalString(prices.rests), timeInForce: 'gtc' }),
  ]
  for (const [index, command] of commands.entries()) {
    const request = await broker.prepare(command, { nonce: terms.now() + index, now: terms.now() })
    const outcome = await broker.send(request, command)
    if (outcome.kind !== 'accepted') throw new Error(`Expected an acceptance, saw ${JSON.stringify(outcome)}.`)
  }
}

export const VENUES: readonly VenueOfReads[] = [
  {
    venue: 'hyperliquid',
    async open(t) {
      const transport = mutilatingTransport()
      const { venue, broker } = await openHyperliquid(t, {
        venue: { clock: { kind: 'manual', start: START } },
        broker: { transport, resolver: NO_PAUSE },
      })
      const now = (): number => venue.clock.now()
      await trade(
        broker,
        { instrument: 'BTC-PERP', size: '0.01', buy: '105000', rests: '50000' },
        { now, stop: { triggerPrice: '90000', limitPrice: '81000' } },
      )
      venue.engine.operator.trade({ user: MASTER, coin: 'ETH', side: 'A', sz: '0.5' })
      venue.clock.advance(3_700_000)
      venue.engine.settle()
      transport.forget()
      return { broker, transport, instrument: 'BTC-PERP', from: 0, now: now() }
    },
    optional: [
      'cloid',
      'reduceOnly',
      'isTrigger',
      'triggerPx',
      'orderType',
      'entryPx',
      'liquidationPx',
      'isDelisted',
      'children',
      'validUntil',
    ],
    nullable: [],
    numbersInQuotes: false,
    indexed: ['universe', ''],
  },
  {
    venue: 'bybit',
    async open(t) {
      const transport = mutilatingTransport()
      const { venue, broker } = await openBybit(t, {
        venue: { clock: { kind: 'manual', start: START } },
        broker: { transport, historyDays: 1, resolver: NO_PAUSE },
      })
      const now = (): number => venue.clock.now()
      await trade(
        broker,
        { instrument: 'BTC-PERP', size: '0.01', buy: '100900', rests: '50000' },
        { now, stop: { triggerPrice: '90000', limitPrice: '81000' } },
      )
      venue.engine.operator.tradeByHand(TRADER, 'ETHUSDT', 'Sell', '0.5')
      venue.clock.advance(5_000)
      venue.engine.settle()
      transport.forget()
      return { broker, transport, instrument: 'BTC-PERP', from: START - 3_600_000, now: now() }
    },
    // A newer field that names the entry of an exit: without it an exit is nobody's, which alerts and locks.
    optional: ['parentOrderLinkId'],
    nullable: [],
    numbersInQuotes: false,
    indexed: [],
  },
  {
    venue: 'projectx',
    async open(t) {
      const transport = mutilatingTransport()
      const { venue, broker } = await openProjectX(t, { broker: { transport, historyDays: 1, resolver: NO_PAUSE } })
      const now = (): number => venue.clock.now()
      await trade(
        broker,
        { instrument: 'NQZ6', size: '2', buy: '20100', rests: '19000' },
        { now, stop: { triggerPrice: '19950', limitPrice: '19900' } },
      )
      venue.engine.operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side: 'sell', size: 1 })
      venue.clock.advance(2_000)
      venue.engine.settle()
      transport.forget()
      return { broker, transport, instrument: 'NQZ6', from: 0, now: now() }
    },
    // A tag of digits alone is a good tag of somebody else's; numbers arrive as their digits.
    optional: ['commissions', 'totalCount', 'customTag'],
    nullable: ['limitPrice', 'stopPrice', 'filledPrice', 'fillVolume', 'profitAndLoss', 'fees'],
    numbersInQuotes: true,
    indexed: [],
  },
]
