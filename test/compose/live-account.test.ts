/** A live account: marks only while fresh, one request for many readers, and specifications looked up again when missing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { LiveAccount } from '#compose/trading-account.ts'
import { parseConfig } from '#config/load-config.ts'
import { type DecimalString, decimalString } from '#domain/decimal.ts'
import type { InstrumentId } from '#domain/ids.ts'
import type { Instrument } from '#domain/instrument.ts'
import type { AccountPolicy } from '#domain/policy.ts'

const POLICY: AccountPolicy = parseConfig(
  `accounts: [{id: a, venue: hyperliquid, network: testnet, master: 0x00000000000000000000000000000000000000aa,
    agent_key_env: KEY, strategies: ["*"], gates: {instruments: ["*"]}, pace: {mark_max_age_ms: 3000}}]`,
  '/x/truebook.yaml',
).accounts[0]!.policy

const marks = (price: string): Map<InstrumentId, DecimalString> => new Map([['BTC-PERP', decimalString(price)]])
const specification = { instrument: 'BTC-PERP' } as Instrument

interface Venue {
  marks: () => Promise<ReadonlyMap<InstrumentId, DecimalString>>
  instruments: Instrument[]
  markReads: number
  listReads: number
}

function live(): { account: LiveAccount; venue: Venue; clock: { now: number } } {
  const clock = { now: 1_000_000 }
  const venue: Venue = { marks: async () => marks('100'), instruments: [specification], markReads: 0, listReads: 0 }
  const broker = {
    venue: 'hyperliquid',
    readMarks: async () => {
      venue.markReads += 1
      return await venue.marks()
    },
    listInstruments: async () => {
      venue.listReads += 1
      return venue.instruments
    },
  } as unknown as Broker
  return { account: new LiveAccount(POLICY, broker, () => clock.now), venue, clock }
}

test('a fresh mark of the stream is used, an older one is read anew', async () => {
  const { account, venue, clock } = live()
  account.noteMarks(marks('101'))
  clock.now += 3000
  assert.equal(await account.mark('BTC-PERP', clock.now), '101')
  assert.equal(venue.markReads, 0)
  clock.now += 1
  assert.equal(await account.mark('BTC-PERP', clock.now), '100')
  assert.equal(venue.markReads, 1)
})

test('readers of one moment share one request', async () => {
  const { account, venue, clock } = live()
  await Promise.all(Array.from({ length: 20 }, () => account.mark('BTC-PERP', clock.now)))
  assert.equal(venue.markReads, 1)
})

test('a failed read is unavailable, never an old or invented price, and the next reader asks again', async () => {
  const { account, venue, clock } = live()
  account.noteMarks(marks('101'))
  clock.now += 10_000
  venue.marks = async () => {
    throw new BrokerUnavailable('down')
  }
  await assert.rejects(account.mark('BTC-PERP', clock.now), BrokerUnavailable)
  venue.marks = async () => marks('102')
  assert.equal(await account.mark('BTC-PERP', clock.now), '102')
})

test('the old mark of an instrument that the venue no longer prices is not used', async () => {
  const { account, venue, clock } = live()
  account.noteMarks(marks('101'))
  clock.now += 10_000
  venue.marks = async () => new Map()
  await assert.rejects(account.mark('BTC-PERP', clock.now), /Expected a mark of BTC-PERP/)
})

test('an instrument without a mark is a RangeError', async () => {
  const { account, clock } = live()
  await assert.rejects(account.mark('NOPE-PERP', clock.now), RangeError)
})

test('specifications are read once, and again for a new listing, but not at every miss', async () => {
  const { account, venue, clock } = live()
  await account.instrument('BTC-PERP')
  await account.instrument('BTC-PERP')
  assert.equal(venue.listReads, 1)
  await assert.rejects(account.instrument('NEW-PERP'), RangeError)
  assert.equal(venue.listReads, 1)
  venue.instruments = [specification, { instrument: 'NEW-PERP' } as Instrument]
  clock.now += 10_001
  assert.equal((await account.instrument('NEW-PERP')).instrument, 'NEW-PERP')
  assert.equal(venue.listReads, 2)
  clock.now += 3_600_001
  await account.instrument('BTC-PERP')
  assert.equal(venue.listReads, 3)
})

test("a product's front contract is looked for again from its roll on, until the venue names the next one", async () => {
  const { account, venue, clock } = live()
  const rollsAt = clock.now + 60_000
  const contract = (instrument: string, active: boolean, rolls: number) =>
    ({ instrument, root: 'NQ', active, rollsAt: rolls }) as Instrument
  const next = rollsAt + 90 * 86_400_000
  venue.instruments = [contract('NQZ6', true, rollsAt), contract('NQH7', false, next)]
  const front = async () => (await account.front('NQ'))?.instrument
  assert.equal(await front(), 'NQZ6')
  assert.equal(await account.front('ES'), null)
  clock.now = rollsAt - 1
  assert.equal(await front(), 'NQZ6')
  const readsBefore = venue.listReads
  venue.instruments = [contract('NQZ6', false, rollsAt), contract('NQH7', true, next)]
  clock.now = rollsAt
  assert.equal(await front(), 'NQH7')
  clock.now += 3_600_000
  assert.equal(await front(), 'NQH7')
  assert.equal(venue.listReads, readsBefore + 1)
})

test('H7: a contract that is listed no more keeps its specification for the position in it, and takes no entries', async () => {
  const { account, venue, clock } = live()
  const listed = { instrument: 'NQZ6', root: 'NQ', active: true, tick: '0.25' } as Instrument
  venue.instruments = [listed]
  assert.equal((await account.front('NQ'))?.instrument, 'NQZ6')
  venue.instruments = [specification]
  clock.now += 3_600_001
  assert.deepEqual(await account.instrument('NQZ6'), { ...listed, active: false })
  assert.equal(await account.front('NQ'), null)
})

test('the feed is down until the stream is up, and from its loss on; a price of the stream is heard, one that was read is not', async () => {
  const { account, clock } = live()
  const feed = () => account.feed()
  assert.deepEqual(feed(), { account: 'a', downSince: 1_000_000, pricedAt: null })
  account.noteChange()
  await account.mark('BTC-PERP', clock.now)
  assert.deepEqual(feed(), { account: 'a', downSince: null, pricedAt: null })
  clock.now += 5
  account.noteMarks(marks('101'))
  clock.now += 5
  account.noteSilence()
  clock.now += 5
  account.noteSilence()
  assert.deepEqual(feed(), { account: 'a', downSince: 1_000_010, pricedAt: 1_000_005 })
})
