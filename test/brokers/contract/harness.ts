/** What the broker contract needs of a venue, and the steps its cases share. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Broker, Capabilities, OrderReport, Resolution, SendOutcome } from '#brokers/broker.ts'
import type { DecimalString } from '#domain/decimal.ts'
import type { ClientOrderId, InstrumentId } from '#domain/ids.ts'
import type { CancelOrder, NewOrder, OrderCommand, PreparedRequest } from '#domain/order.ts'
import { entryOf, idOf, refOf } from '#test/brokers/orders.ts'

/** What befalls the next transmission of an order or cancel, and whether the venue acted on it. */
export interface SendFault {
  readonly name: string
  readonly acted: boolean
  arm(): void
}

/** A broker on a simulated venue, and the venue's truth. */
export interface BrokerHarness {
  readonly broker: Broker
  readonly instrument: InstrumentId
  /** A size that fills at once, on the lot. */
  readonly size: DecimalString
  /** Worst prices for a buy and a sell that fill at once. */
  readonly aggressive: { readonly buy: DecimalString; readonly sell: DecimalString }
  /** A buy price that rests, and a stop's trigger and worst price below the market. */
  readonly passiveBuy: DecimalString
  readonly stop: {
    readonly triggerPrice: DecimalString
    readonly limitPrice: DecimalString
    readonly entryReference: DecimalString
  }
  /** Brings about that the venue refuses an entry; what must be changed of the entry for that. */
  refusal(): Partial<NewOrder>
  /** The venue's clock. */
  readonly now: () => number
  /** How far the broker's clock is ahead of the venue's, ms. */
  readonly ourClock: { aheadMs: number }
  readonly nonce: () => number
  /** Moves the venue's clock and ours past any deadline of a request. */
  passDeadline(): void
  readonly sendFaults: readonly SendFault[]
  /** Lets all reads fail in one way until `mendReads`. */
  readonly readFaults: readonly { readonly name: string; arm(): void }[]
  mendReads(): void
  /** Lets the next question for an order's record say "not found". */
  hideOrderOnce(): void
  /** How often a request of the send path reached the venue's door since the fault was armed. */
  transmissions(): number
  /** Number of orders that ever carried the id at the venue, whether refused or not. */
  ordersWith(id: ClientOrderId): number
  /** Signed size at the venue. */
  position(): DecimalString
  /** Trades without the broker. */
  tradeByHand(side: 'buy' | 'sell', size: DecimalString): void
  /** Cuts the stream. */
  cutStream(): void
}

/** Opens a harness that cleans up after the test. */
export type OpenHarness = (t: TestContext) => Promise<BrokerHarness>

/** A subject of the suite: capabilities decide which cases apply. */
export interface ContractSubject {
  readonly venue: string
  readonly capabilities: Pick<
    Capabilities,
    'idempotentResend' | 'fence' | 'venueDeadline' | 'attachedStop' | 'reduceOnly' | 'priceBound'
  >
  /** What the venue does with a second order under an id it has seen: `refused`, or `taken` (the nonce alone tells requests apart). */
  readonly repeatedIds: 'refused' | 'taken'
  readonly open: OpenHarness
  /** Names of all send and read faults the harness knows. */
  readonly sendFaultNames: readonly string[]
  readonly readFaultNames: readonly string[]
}

/** Registers cases, each on a harness of its own. */
export function caseOf(open: OpenHarness): (title: string, run: (harness: BrokerHarness) => Promise<void>) => void {
  return (title, run) => {
    test(title, async (t) => run(await open(t)))
  }
}

/** An entry that fills at once. */
export function marketEntry({ instrument, size, aggressive }: BrokerHarness, name: string): NewOrder {
  return entryOf(name, { instrument, size, limitPrice: aggressive.buy })
}

/** An entry that rests. */
export function restingEntry({ instrument, size, passiveBuy }: BrokerHarness, name: string): NewOrder {
  return entryOf(name, { instrument, size, limitPrice: passiveBuy, timeInForce: 'gtc' })
}

/** A cancel of the entry of that name, with the venue's id as a look at it shows. */
export async function cancelFor({ broker, instrument }: BrokerHarness, name: string): Promise<CancelOrder> {
  const record = await broker.findOrder(refOf(name, instrument))
  return { type: 'cancel-order', instrument, target: idOf(name), targetVenueOrderId: record?.venueOrderId ?? null }
}

/** Signs a command with the next nonce. */
export function prepare(harness: BrokerHarness, command: OrderCommand): Promise<PreparedRequest> {
  return harness.broker.prepare(command, { nonce: harness.nonce(), now: harness.now() })
}

/** Prepares and sends once. */
export async function place(
  harness: BrokerHarness,
  command: OrderCommand,
): Promise<{ readonly request: PreparedRequest; readonly outcome: SendOutcome }> {
  const request = await prepare(harness, command)
  return { request, outcome: await harness.broker.send(request, command) }
}

/** Resolves a request. */
export function resolveAfter(
  harness: BrokerHarness,
  request: PreparedRequest,
  command: OrderCommand,
  resend: boolean,
): Promise<Resolution> {
  return harness.broker.resolve(request, command, { now: harness.now(), resend })
}

/** The reports of an acceptance. */
export function reportsOf(outcome: SendOutcome | Resolution): readonly OrderReport[] {
  assert.ok(outcome.kind === 'accepted', JSON.stringify(outcome))
  return outcome.reports
}
