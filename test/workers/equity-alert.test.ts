/** Money that nothing explains is told once, and again when it comes again; what is late, what moves and what is unknown is not. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { AccountSnapshot, Broker, CashRow } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { decimal, toDecimalString } from '#domain/decimal.ts'
import { MASTER, openSimulatedAccount as openHyperliquid } from '#test/brokers/hyperliquid/simulated-account.ts'
import { openSimulatedAccount as openProjectX } from '#test/brokers/projectx/simulated-account.ts'
import { sweepAccount } from '#workers/sweep-account.ts'
import { openLedgerDesk } from './ledger-desk.ts'

const MINUTE = 60_000

/** What a venue's answers are made to say. */
interface Told {
  /** USD that equity has and nothing explains. */
  extra: string
  /** Its list of cash: as it is, without what is new, or not at all. */
  cash: 'whole' | 'late' | 'down'
}

function toldBy(broker: Broker, told: Told): Broker {
  const readAccount = async (): Promise<AccountSnapshot> => {
    const snapshot = await broker.readAccount()
    return { ...snapshot, equity: toDecimalString(decimal(snapshot.equity).plus(told.extra)) }
  }
  const listCash: Broker['listCash'] = async (interval): Promise<CashRow[]> => {
    if (told.cash === 'down') throw new BrokerUnavailable('cash: HTTP 502')
    return told.cash === 'late' ? [] : await broker.listCash(interval)
  }
  return new Proxy(broker, {
    get(target, name) {
      if (name === 'readAccount') return readAccount
      if (name === 'listCash') return listCash
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

async function open(t: TestContext) {
  const { broker, venue } = await openHyperliquid(t, { venue: { clock: { kind: 'manual' } } })
  const told: Told = { extra: '0', cash: 'whole' }
  const desk = await openLedgerDesk(t, toldBy(broker, told), () => venue.clock.now())
  await desk.sweep()
  const alerts = async () => (await desk.alerts()).filter(({ kind }) => kind === 'equity-unexplained')
  /** One sweep a minute; answers of every such alert that there was whether it stands. */
  const read = async (change: Partial<Told> = {}): Promise<boolean[]> => {
    Object.assign(told, change)
    venue.clock.advance(MINUTE)
    await desk.sweep()
    return (await alerts()).map(({ active }) => active)
  }
  const next = async () => {
    venue.clock.advance(MINUTE)
    return (await sweepAccount(broker.account, desk.tools)).next
  }
  return { desk, alerts, read, next, deposit: (usd: string) => venue.engine.operator.deposit(MASTER, usd) }
}

test('a remainder that two readings in a row state is one critical alert, until it is explained; the next is another', async (t) => {
  const { desk, alerts, read, next } = await open(t)
  assert.deepEqual(await read({ extra: '-12.5' }), [], 'one reading may be a race')
  const [delivery, ...others] = await next()
  assert.deepEqual([delivery?.stage, others], ['alerts', []])
  assert.deepEqual(await read(), [true])
  assert.deepEqual(await read({ extra: '-20' }), [true])
  assert.deepEqual(await read(), [true], 'it stands already')
  const [alert] = await alerts()
  assert.deepEqual([alert?.severity, alert?.instrument, alert?.positionId], ['critical', null, null])
  assert.match(alert?.title ?? '', /^-12\.5 USD of .* are unexplained$/)
  assert.deepEqual(await read({ extra: '0' }), [false])
  assert.equal((await alerts())[0]?.resolvedAt, (await desk.equity()).asOf)

  await read({ extra: '3' })
  assert.deepEqual(await read(), [false, true])
  assert.deepEqual(
    (await alerts()).map(({ title }) => title.split(' ')[0]),
    ['-12.5', '3'],
  )
})

test('a payment that the venue lists a reading late, and a remainder that moves, raise nothing', async (t) => {
  const { desk, read, deposit } = await open(t)
  deposit('100')
  assert.deepEqual(await read({ cash: 'late' }), [])
  assert.equal((await desk.equity()).unexplained, '100')
  assert.deepEqual(await read({ cash: 'whole' }), [])
  assert.equal((await desk.equity()).unexplained, '0')
  for (const extra of ['1', '2', '1']) assert.deepEqual(await read({ extra }), [])
})

test('a reading that is unknown neither raises the alert nor ends it', async (t) => {
  const { desk, read } = await open(t)
  for (let again = 0; again < 3; again++) assert.deepEqual(await read({ extra: '5', cash: 'down' }), [])
  assert.equal((await desk.equity()).unexplained, null)
  assert.deepEqual(await read({ cash: 'whole' }), [], 'the first that is known')
  assert.deepEqual(await read(), [true])
  assert.deepEqual(await read({ extra: '0', cash: 'down' }), [true])
  assert.deepEqual(await read({ cash: 'whole' }), [false])
})

test('where fills are gone for good nobody can tell any more: the alert ends, and evidence-expired stands for it', async (t) => {
  const { desk, read } = await open(t)
  await read({ extra: '5' })
  assert.deepEqual(await read(), [true])
  const { account } = await desk.equity()
  const cursor = (await desk.book.load('cursors', account)) ?? assert.fail('a cursor')
  const row = { ...cursor.row, missing: 'retention', since: desk.tools.now() }
  await desk.book.commit([{ op: 'replace', kind: 'cursors', id: account, revision: cursor.revision, row }])
  assert.deepEqual(await read(), [false])
  assert.match((await desk.equity()).unknown ?? '', /no longer serves fills/)
})

test('where the venue lists no payouts a remainder is unknown, and never this alert', async (t) => {
  const { broker, venue } = await openProjectX(t, { venue: { engine: { rules: { session: 'open' } } } })
  const told: Told = { extra: '0', cash: 'whole' }
  const desk = await openLedgerDesk(t, toldBy(broker, told), () => venue.clock.now())
  await desk.sweep()
  told.extra = '-500'
  for (let again = 0; again < 3; again++) {
    venue.clock.advance(MINUTE)
    await desk.sweep()
  }
  const { remainder, unexplained } = await desk.equity()
  assert.deepEqual([remainder, unexplained, await desk.alerts()], ['-500', null, []])
})
