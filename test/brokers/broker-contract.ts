/**
 * The contract of the Broker port as numbered cases, for any venue whose simulator can misbehave on command. A case that
 * a venue's declared capabilities rule out is not registered for it.
 */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Broker, Capabilities, Hint, OrderReport, Resolution, SendOutcome } from '#brokers/broker.ts'
import { BrokerUnavailable, CommandRefused } from '#brokers/errors.ts'
import { type DecimalString, decimalString, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { ClientOrderId, InstrumentId } from '#domain/ids.ts'
import type { CancelOrder, NewOrder, OrderCommand, PreparedRequest } from '#domain/order.ts'
import { cancelOf, entryOf, idOf } from './orders.ts'

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
  readonly stop: { readonly triggerPrice: DecimalString; readonly limitPrice: DecimalString }
  readonly now: () => number
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
  readonly capabilities: Pick<Capabilities, 'idempotentResend' | 'fence' | 'venueDeadline' | 'attachedStop'>
  readonly open: OpenHarness
  /** Names of all send and read faults the harness knows. */
  readonly sendFaultNames: readonly string[]
  readonly readFaultNames: readonly string[]
}

// Many cases wait for a silence to end; each has a venue of its own.
const CONCURRENCY = 6

/** Registers every case that applies. */
export function describeBrokerContract(subject: ContractSubject): void {
  describe(`broker contract on ${subject.venue}`, { concurrency: CONCURRENCY }, () => {
    describeReads(subject)
    describeSending(subject)
    describeAmbiguity(subject)
    describeCancels(subject)
    if (subject.capabilities.fence) describeFence(subject)
    if (subject.capabilities.attachedStop) describeAttachedStop(subject)
    describeStream(subject)
  })
}

const READS: readonly [string, (broker: Broker) => Promise<unknown>][] = [
  ['readAccount', (broker) => broker.readAccount()],
  ['listOpenOrders', (broker) => broker.listOpenOrders()],
  ['findOrder', (broker) => broker.findOrder(idOf('any'))],
  ['listFills', (broker) => broker.listFills({ from: 0, through: 4_000_000_000_000 })],
  ['listCash', (broker) => broker.listCash({ from: 0, through: 4_000_000_000_000 })],
  ['listInstruments', (broker) => broker.listInstruments()],
  ['readMarks', (broker) => broker.readMarks()],
  ['checkCredentials', (broker) => broker.checkCredentials(0)],
]

function describeReads({ open, readFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  check('1.1 an account that never traded is empty by proof', async ({ broker, now }) => {
    const { positions, unrealised } = await broker.readAccount()
    assert.deepEqual([positions, unrealised], [[], '0'])
    assert.deepEqual(await broker.listOpenOrders(), [])
    assert.equal(await broker.findOrder(idOf('never')), null)
    const { fills, coverage } = await broker.listFills({ from: 0, through: now() })
    assert.deepEqual([fills, coverage.complete], [[], true])
  })
  check('1.2 C17: what was traded shows in every read of the account', async (harness) => {
    const { broker, instrument, size, now } = harness
    const entry = marketEntry(harness, 'a')
    await place(harness, entry)
    const { positions } = await broker.readAccount()
    assert.deepEqual(
      positions.map((position) => [position.instrument, position.size]),
      [[instrument, size]],
    )
    const { fills, coverage } = await broker.listFills({ from: 0, through: now() })
    assert.equal(coverage.complete, true)
    assert.equal(toDecimalString(sumDecimals(fills.map((fill) => fill.size))), size)
    assert.ok(fills.every((fill) => fill.clientOrderId === entry.clientOrderId && fill.account === broker.account))
    const record = await broker.findOrder(entry.clientOrderId)
    assert.deepEqual([record?.status, record?.leavesSize], ['filled', '0'])
  })
  check('1.3 B4: fills that are not ours are told as well', async (harness) => {
    harness.tradeByHand('buy', harness.size)
    const { fills } = await harness.broker.listFills({ from: 0, through: harness.now() })
    assert.equal(toDecimalString(sumDecimals(fills.map((fill) => fill.size))), harness.size)
    assert.ok(fills.every((fill) => fill.clientOrderId === null))
  })
  for (const name of readFaultNames) {
    check(`1.4 C1, C2: when reads meet ${name}, every one is unavailable and none is empty`, async (harness) => {
      await place(harness, marketEntry(harness, 'a'))
      harness.readFaults.find((fault) => fault.name === name)?.arm()
      await Promise.all(
        READS.map(([read, ask]) => assert.rejects(ask(harness.broker), BrokerUnavailable, `${read} answered`)),
      )
      harness.mendReads()
      assert.equal((await harness.broker.readAccount()).positions.length, 1)
    })
  }
}

function describeSending({ open, sendFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  check('2.1 an order that fills is accepted with its id, size and price', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const { outcome } = await place(harness, entry)
    const [report] = reportsOf(outcome)
    assert.ok(report?.result === 'accepted' && report.venueOrderId !== null && report.averagePrice !== null)
    assert.deepEqual(
      [report.clientOrderId, report.status, report.filledSize],
      [entry.clientOrderId, 'filled', harness.size],
    )
    assert.equal(harness.position(), harness.size)
  })
  check('2.2 an order that rests is accepted as working', async (harness) => {
    const entry = restingEntry(harness, 'a')
    const [report] = reportsOf((await place(harness, entry)).outcome)
    assert.ok(report?.result === 'accepted' && report.status === 'working' && report.filledSize === '0')
    const [order] = await harness.broker.listOpenOrders()
    assert.deepEqual(
      [order?.clientOrderId, order?.venueOrderId, order?.leavesSize, order?.status],
      [entry.clientOrderId, report.venueOrderId, harness.size, 'working'],
    )
  })
  check('2.3 an order the venue refuses is rejected in its words', async (harness) => {
    const { outcome } = await place(harness, { ...marketEntry(harness, 'a'), limitPrice: harness.passiveBuy })
    assert.ok(outcome.kind === 'rejected' && outcome.reason.length > 10, JSON.stringify(outcome))
    assert.equal(outcome.evidence.kind, 'definitive-rejection')
    assert.equal(harness.position(), '0')
  })
  check('2.4 what cannot be expressed is refused before anything is signed', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const refused: OrderCommand[] = [
      { ...entry, instrument: 'NO-SUCH-PERP' },
      { ...entry, size: decimalString('0.0000000001') },
      { ...entry, size: decimalString('0') },
      { ...entry, limitPrice: decimalString('12345.6789') },
      { ...entry, limitPrice: decimalString('-5') },
      { ...entry, trigger: { kind: 'stop', triggerPrice: harness.stop.triggerPrice } },
      { type: 'cancel-order', instrument: 'NO-SUCH-PERP', target: entry.clientOrderId },
    ]
    for (const command of refused) {
      const terms = { nonce: harness.nonce(), now: harness.now() }
      await assert.rejects(harness.broker.prepare(command, terms), CommandRefused, JSON.stringify(command))
    }
  })
  for (const name of sendFaultNames) {
    check(`2.5 A1, A6, A7, A18: ${name} is unknown after exactly one transmission`, async (harness) => {
      harness.sendFaults.find((fault) => fault.name === name)?.arm()
      const { outcome } = await place(harness, marketEntry(harness, 'a'))
      assert.equal(outcome.kind, 'unknown', JSON.stringify(outcome))
      assert.equal(harness.transmissions(), 1)
    })
  }
}

function describeAmbiguity({ open, capabilities, sendFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  for (const name of sendFaultNames) {
    check(`3.1 A1-A4: after ${name}, resolving finds the one order or proves that there is none`, async (harness) => {
      const fault = harness.sendFaults.find((entry) => entry.name === name)
      fault?.arm()
      const entry = marketEntry(harness, 'a')
      const { request } = await place(harness, entry)
      const resolution = await resolve(harness, request, entry, capabilities.idempotentResend)
      if (capabilities.idempotentResend || fault?.acted === true) {
        const [report] = reportsOf(resolution)
        assert.ok(report?.result === 'accepted' && report.status === 'filled' && report.filledSize === harness.size)
        assert.deepEqual([harness.ordersWith(entry.clientOrderId), harness.position()], [1, harness.size])
      } else {
        assert.equal(resolution.kind, 'unknown')
      }
    })
    if (!capabilities.venueDeadline) continue
    check(`3.2 A9, A14: after ${name} and the deadline, without re-sending, the same is proven`, async (harness) => {
      const fault = harness.sendFaults.find((entry) => entry.name === name)
      fault?.arm()
      const entry = marketEntry(harness, 'a')
      const { request } = await place(harness, entry)
      const before = await resolve(harness, request, entry, false)
      assert.equal(before.kind, fault?.acted === true ? 'accepted' : 'unknown', JSON.stringify(before))
      harness.passDeadline()
      const after = await resolve(harness, request, entry, false)
      assert.equal(after.kind, fault?.acted === true ? 'accepted' : 'absent', JSON.stringify(after))
      // And absent stays absent: the very bytes, should they ever arrive, do nothing.
      await harness.broker.send(request, entry)
      const landed = fault?.acted === true
      assert.deepEqual(
        [harness.ordersWith(entry.clientOrderId), harness.position()],
        landed ? [1, harness.size] : [0, '0'],
      )
    })
  }
  check('3.3 A8: the same bytes again never execute twice', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    const again = await harness.broker.send(request, entry)
    assert.equal(again.kind, capabilities.idempotentResend ? 'admitted' : 'unknown')
    assert.deepEqual([harness.ordersWith(entry.clientOrderId), harness.position()], [1, harness.size])
  })
  check('3.4 A22: one "not found" is no proof', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    harness.hideOrderOnce()
    assert.equal((await resolve(harness, request, entry, true)).kind, 'accepted')
  })
  check('3.5 C1: an unknown request stays unknown while reads fail', async (harness) => {
    harness.sendFaults.find((fault) => fault.acted)?.arm()
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    harness.passDeadline()
    for (const fault of harness.readFaults) {
      fault.arm()
      const resolution = await resolve(harness, request, entry, false)
      assert.equal(resolution.kind, 'unknown', `${fault.name}: ${JSON.stringify(resolution)}`)
      harness.mendReads()
    }
    assert.equal((await resolve(harness, request, entry, false)).kind, 'accepted')
  })
  check('3.6 a refusal whose words were lost is never taken for an acceptance', async (harness) => {
    harness.sendFaults.find((fault) => fault.acted)?.arm()
    const entry = { ...marketEntry(harness, 'a'), limitPrice: harness.passiveBuy }
    const { request } = await place(harness, entry)
    const resolution = await resolve(harness, request, entry, true)
    assert.equal(resolution.kind, 'rejected', JSON.stringify(resolution))
    assert.equal(harness.position(), '0')
  })
}

function describeCancels({ open, sendFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  check('4.1 a cancel ends a working order, a second one is rejected', async (harness) => {
    await place(harness, restingEntry(harness, 'a'))
    assert.equal((await place(harness, cancelOf('a'))).outcome.kind, 'accepted')
    assert.deepEqual(await harness.broker.listOpenOrders(), [])
    assert.equal((await harness.broker.findOrder(idOf('a')))?.status, 'canceled')
    assert.equal((await place(harness, cancelOf('a'))).outcome.kind, 'rejected')
  })
  for (const name of sendFaultNames) {
    check(`4.2 A5: after ${name}, a cancel resolves by the state of its target`, async (harness) => {
      await place(harness, restingEntry(harness, 'a'))
      harness.sendFaults.find((fault) => fault.name === name)?.arm()
      const cancel: CancelOrder = cancelOf('a')
      const { request, outcome } = await place(harness, cancel)
      assert.equal(outcome.kind, 'unknown')
      const [report] = reportsOf(await resolve(harness, request, cancel, true))
      assert.ok(report?.result === 'accepted' && report.status === 'canceled')
      assert.deepEqual(await harness.broker.listOpenOrders(), [])
    })
  }
  check('4.3 A5: a cancel that came too late resolves to the fill of its target', async (harness) => {
    await place(harness, marketEntry(harness, 'a'))
    harness.sendFaults[0]?.arm()
    const cancel = cancelOf('a')
    const { request } = await place(harness, cancel)
    const [report] = reportsOf(await resolve(harness, request, cancel, false))
    assert.ok(report?.result === 'accepted' && report.status === 'filled' && report.filledSize === harness.size)
  })
}

function describeFence({ open }: ContractSubject): void {
  const check = caseOf(open)
  check('5.1 a fenced request can never execute', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const request = await prepare(harness, entry)
    assert.equal((await harness.broker.fence(request, harness.now())).kind, 'absent')
    const { kind } = await harness.broker.send(request, entry)
    assert.ok(kind !== 'accepted', kind)
    assert.deepEqual([harness.ordersWith(entry.clientOrderId), harness.position()], [0, '0'])
  })
  check('5.2 a fence that comes too late says so and changes nothing', async (harness) => {
    const entry = marketEntry(harness, 'a')
    const { request } = await place(harness, entry)
    assert.equal((await harness.broker.fence(request, harness.now())).kind, 'admitted')
    assert.equal(harness.position(), harness.size)
  })
  check('5.3 a fence whose answer is lost is unknown', async (harness) => {
    const request = await prepare(harness, marketEntry(harness, 'a'))
    harness.sendFaults[0]?.arm()
    assert.equal((await harness.broker.fence(request, harness.now())).kind, 'unknown')
  })
}

function describeAttachedStop({ open, sendFaultNames }: ContractSubject): void {
  const check = caseOf(open)
  const protectedEntry = (harness: BrokerHarness): NewOrder => ({
    ...marketEntry(harness, 'a'),
    attachedStop: { clientOrderId: idOf('a-stop'), ...harness.stop },
  })
  const assertProtected = async ({ broker, stop, size }: BrokerHarness): Promise<void> => {
    const order = (await broker.listOpenOrders()).find((row) => row.clientOrderId === idOf('a-stop'))
    assert.deepEqual(
      [order?.side, order?.reduceOnly, order?.trigger, order?.leavesSize],
      ['sell', true, { kind: 'stop', triggerPrice: stop.triggerPrice }, size],
    )
  }
  check('6.1 E6: an entry with an attached stop is never without it', async (harness) => {
    const reports = reportsOf((await place(harness, protectedEntry(harness))).outcome)
    assert.deepEqual(
      reports.map((report) => report.clientOrderId),
      [idOf('a'), idOf('a-stop')],
    )
    assert.ok(reports.every((report) => report.result === 'accepted'))
    await assertProtected(harness)
  })
  for (const name of sendFaultNames) {
    check(`6.2 A20: after ${name}, resolving leaves one entry and one stop`, async (harness) => {
      harness.sendFaults.find((fault) => fault.name === name)?.arm()
      const entry = protectedEntry(harness)
      const { request } = await place(harness, entry)
      const reports = reportsOf(await resolve(harness, request, entry, true))
      assert.deepEqual(
        reports.map((report) => report.clientOrderId),
        [idOf('a'), idOf('a-stop')],
      )
      assert.deepEqual([harness.ordersWith(idOf('a')), harness.ordersWith(idOf('a-stop'))], [1, 1])
      await assertProtected(harness)
    })
  }
}

function describeStream({ open }: ContractSubject): void {
  const check = caseOf(open)
  check('7.1 B12: every connection is announced, also after a cut, and what happens is hinted', async (harness) => {
    const hints: Hint[] = []
    let wake: () => void = () => undefined
    await using _watching = harness.broker.watch((hint) => {
      hints.push(hint)
      wake()
    })
    const until = async (what: string, met: () => boolean): Promise<void> => {
      const limit = AbortSignal.timeout(20_000)
      while (!met()) {
        await new Promise<void>((resolve, reject) => {
          wake = resolve
          limit.addEventListener('abort', () => reject(new Error(`no ${what}: ${JSON.stringify(hints)}`)), {
            once: true,
          })
        })
      }
    }
    const count = (kind: Hint['kind']): number => hints.filter((hint) => hint.kind === kind).length
    await until('connection', () => count('connected') === 1)
    await until('mark', () => hints.some((hint) => hint.kind === 'mark' && hint.marks.has(harness.instrument)))
    harness.tradeByHand('buy', harness.size)
    await until('hint of fills', () => count('fills') > 0)
    harness.cutStream()
    await until('second connection', () => count('connected') === 2)
    assert.equal(count('disconnected'), 1)
    const fills = count('fills')
    harness.tradeByHand('sell', harness.size)
    await until('hint of fills after the cut', () => count('fills') > fills)
  })
}

function caseOf(open: OpenHarness) {
  return (title: string, run: (harness: BrokerHarness) => Promise<void>): void => {
    test(title, async (t) => run(await open(t)))
  }
}

function marketEntry({ instrument, size, aggressive }: BrokerHarness, name: string): NewOrder {
  return entryOf(name, { instrument, size, limitPrice: aggressive.buy })
}

function restingEntry({ instrument, size, passiveBuy }: BrokerHarness, name: string): NewOrder {
  return entryOf(name, { instrument, size, limitPrice: passiveBuy, timeInForce: 'gtc' })
}

function prepare(harness: BrokerHarness, command: OrderCommand): Promise<PreparedRequest> {
  return harness.broker.prepare(command, { nonce: harness.nonce(), now: harness.now() })
}

async function place(
  harness: BrokerHarness,
  command: OrderCommand,
): Promise<{ readonly request: PreparedRequest; readonly outcome: SendOutcome }> {
  const request = await prepare(harness, command)
  return { request, outcome: await harness.broker.send(request, command) }
}

function resolve(
  harness: BrokerHarness,
  request: PreparedRequest,
  command: OrderCommand,
  resend: boolean,
): Promise<Resolution> {
  return harness.broker.resolve(request, command, { now: harness.now(), resend })
}

function reportsOf(outcome: SendOutcome | Resolution): readonly OrderReport[] {
  assert.ok(outcome.kind === 'accepted', JSON.stringify(outcome))
  return outcome.reports
}
