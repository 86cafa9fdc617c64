/** Balance, positions, marks, restrictions and what the checks of the credentials say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CredentialFinding } from '#brokers/broker.ts'
import { BrokerUnavailable, CommandRefused } from '#brokers/errors.ts'
import { openProjectXBroker } from '#brokers/projectx/projectx-broker.ts'
import { Secret } from '#config/secret.ts'
import { decimal, decimalString } from '#domain/decimal.ts'
import { entryOf, idOf } from '#test/brokers/orders.ts'
import { ACCOUNT, NOW, openScriptedVenue } from './scripted-venue.ts'
import { ACCOUNT_NAME, API_KEY, FRONT, USER, openSimulatedAccount } from './simulated-account.ts'

const levelsOf = (findings: readonly CredentialFinding[]): Record<string, string> =>
  Object.fromEntries(findings.map(({ check, level }) => [check, level]))
const entry = entryOf('a', { instrument: 'NQZ6', size: decimalString('1'), limitPrice: decimalString('20000') })

test('equity is the realised balance and what the positions would bring at the last price', async (t) => {
  const { broker, venue } = await openSimulatedAccount(t)
  venue.engine.operator.trade({ account: ACCOUNT_NAME, contract: FRONT, side: 'sell', size: 2 })
  venue.engine.operator.setMark('NQ', '19990.25')
  const snapshot = await broker.readAccount()
  const truth = venue.engine.oracle.ledger(ACCOUNT_NAME).equity
  assert.deepEqual(
    [snapshot.equity, snapshot.balance, snapshot.unrealised],
    [truth.equity, truth.balance, truth.openPnl],
  )
  assert.deepEqual(snapshot.positions, [
    { instrument: 'NQZ6', size: '-2', entryAverage: '20000', unrealised: '390', liquidationPrice: null },
  ])
  assert.equal(snapshot.restriction, null)
  assert.equal((await broker.readMarks()).get('NQZ6'), '19990.25')
})

test('a locked account says so in its restriction, and entries are refused in the venue’s words', async (t) => {
  const { broker, venue } = await openSimulatedAccount(t)
  venue.engine.operator.setAccount(ACCOUNT_NAME, { canTrade: false })
  assert.match((await broker.readAccount()).restriction ?? '', /^canTrade=false/)
  const outcome = await broker.send(await broker.prepare(entry, { nonce: 1, now: NOW }), entry)
  assert.ok(outcome.kind === 'rejected' && /AccountViolation/.test(outcome.reason), JSON.stringify(outcome))
  assert.equal(levelsOf(await broker.checkCredentials(venue.clock.now()))['permission to trade'], 'warn')
})

test('balance and positions that never belong together are unavailable', async (t) => {
  let balance = 50_000
  const { broker } = await openScriptedVenue(t, {
    '/api/Account/search': () => ({ accounts: [{ ...ACCOUNT, balance: (balance += 1) }] }),
  })
  await assert.rejects(
    broker.readAccount(),
    (error) => error instanceof BrokerUnavailable && /moved during each/.test(error.message),
  )
})

test('a second reading that finds the same needs no third look', async (t) => {
  const { broker, asked } = await openScriptedVenue(t, {})
  await broker.readAccount()
  const before = asked.length
  await broker.readAccount()
  assert.deepEqual(
    asked.slice(before).map(({ path }) => path),
    ['/api/Account/search', '/api/Position/searchOpen'],
  )
})

test('an account that the key does not reach is named with those it does', async (t) => {
  const { venue } = await openSimulatedAccount(t)
  const options = {
    account: 'px-test',
    userName: USER,
    apiKey: new Secret(API_KEY),
    baseUrl: venue.url,
    rtcUrl: null,
    clock: () => venue.clock.now(),
  }
  await assert.rejects(
    openProjectXBroker({ ...options, accountName: 'PRAC-V2' }),
    (error) => error instanceof BrokerUnavailable && error.message.includes(ACCOUNT_NAME),
  )
  await assert.rejects(openProjectXBroker(options), CommandRefused)
  await assert.rejects(openProjectXBroker({ ...options, accountName: ACCOUNT_NAME, roots: ['CL'] }), CommandRefused)
  await assert.rejects(
    openProjectXBroker({ ...options, accountName: ACCOUNT_NAME, apiKey: new Secret('wrong-key') }),
    (error) =>
      error instanceof BrokerUnavailable &&
      /InvalidCredentials/.test(error.message) &&
      !/wrong-key/.test(error.message),
  )
})

test('a practice account passes every check', async (t) => {
  const { broker, venue } = await openSimulatedAccount(t)
  const findings = await broker.checkCredentials(venue.clock.now())
  assert.deepEqual(levelsOf(findings), {
    account: 'ok',
    'account stage': 'ok',
    'simulated account': 'ok',
    'permission to trade': 'ok',
    clock: 'ok',
  })
})

test('stages by name: practice, combine of any size, express; anything else fails', async (t) => {
  for (const [name, level] of [
    ['PRAC-V2-1', 'ok'],
    ['50KTC-V2-DLL-645601-97590973', 'ok'],
    ['150KTC-V2-1', 'ok'],
    ['EXPRESS-V2-1', 'ok'],
    ['LFA-1', 'fail'],
    ['MYPRAC-1', 'fail'],
    ['50KXX-1', 'fail'],
    ['', 'fail'],
  ] as const) {
    const { broker } = await openScriptedVenue(t, { '/api/Account/search': { accounts: [{ ...ACCOUNT, name }] } })
    assert.equal(levelsOf(await broker.checkCredentials(NOW))['account stage'], level, name)
  }
})

test('an account that is not simulated fails the check and takes no entry, unless that is allowed; exits go out', async (t) => {
  const { venue, broker: simulated } = await openSimulatedAccount(t)
  venue.engine.operator.setAccount(ACCOUNT_NAME, { simulated: false })
  const open = (allowLiveFunded: boolean) =>
    openProjectXBroker({
      account: 'px-test',
      userName: USER,
      apiKey: new Secret(API_KEY),
      accountName: ACCOUNT_NAME,
      baseUrl: venue.url,
      rtcUrl: null,
      clock: () => venue.clock.now(),
      allowLiveFunded,
    })
  const terms = { nonce: 1, now: NOW }
  const broker = await open(false)
  t.after(() => broker.close())
  assert.equal(levelsOf(await broker.checkCredentials(venue.clock.now()))['simulated account'], 'fail')
  await assert.rejects(broker.prepare(entry, terms), /live funded accounts may not be automated \(programme policy\)/)
  await broker.prepare({ ...entry, side: 'sell', reduceOnly: true }, terms)
  const allowed = await open(true)
  t.after(() => allowed.close())
  assert.equal(levelsOf(await allowed.checkCredentials(venue.clock.now()))['simulated account'], 'warn')
  await allowed.prepare(entry, terms)
  await simulated.prepare(entry, terms)
})

test('other accounts of the key and a clock that is off are told', async (t) => {
  const { broker, venue } = await openSimulatedAccount(t)
  venue.engine.operator.createAccount({ name: 'EXPRESS-V2-9', userName: USER, balance: '50000' })
  venue.engine.operator.createAccount({ name: 'PRAC-V2-8', userName: 'somebody-else', balance: '50000' })
  const findings = await broker.checkCredentials(venue.clock.now() + 7_000)
  assert.deepEqual([levelsOf(findings)['other accounts'], levelsOf(findings)['clock']], ['warn', 'fail'])
  const detail = findings.find(({ check }) => check === 'other accounts')?.detail ?? ''
  assert.ok(detail.includes('EXPRESS-V2-9') && !detail.includes('PRAC-V2-8'))
})

test('a bracket refused because of the account’s mode is a rejection, and a warning from then on', async (t) => {
  const { broker, venue } = await openSimulatedAccount(t)
  venue.engine.operator.setAccount(ACCOUNT_NAME, { brackets: 'position' })
  assert.equal(levelsOf(await broker.checkCredentials(NOW))['brackets'], undefined)
  const attachedStop = {
    clientOrderId: idOf('a-stop'),
    triggerPrice: decimalString('19950'),
    limitPrice: decimalString('19900'),
    entryReference: decimalString('20000'),
  }
  const command = { ...entry, attachedStop }
  const outcome = await broker.send(await broker.prepare(command, { nonce: 1, now: NOW }), command)
  assert.ok(outcome.kind === 'rejected' && outcome.reason.includes('Auto OCO Brackets'))
  assert.equal(levelsOf(await broker.checkCredentials(NOW))['brackets'], 'warn')
})

test('a resting entry shows its sleeping stop; as entry and stop end, so do their rows', async (t) => {
  const { broker, venue } = await openSimulatedAccount(t)
  const command = {
    ...entry,
    timeInForce: 'gtc' as const,
    limitPrice: decimalString('19900'),
    attachedStop: {
      clientOrderId: idOf('a-stop'),
      triggerPrice: decimalString('19890'),
      limitPrice: decimalString('19800'),
      entryReference: decimalString('19900'),
    },
  }
  await broker.send(await broker.prepare(command, { nonce: 1, now: NOW }), command)
  const told = async () =>
    (await broker.listOpenOrders()).map(({ clientOrderId, attachedTo, venueStatus, trigger }) => [
      clientOrderId ?? attachedTo,
      venueStatus,
      trigger?.triggerPrice ?? null,
    ])
  assert.deepEqual(await told(), [
    [idOf('a'), 'Open', null],
    [idOf('a'), 'Suspended', null],
  ])
  const stop = { clientOrderId: idOf('a-stop'), instrument: 'NQZ6', venueOrderId: null, attachedTo: idOf('a') }
  assert.equal((await broker.findOrder(stop))?.venueStatus, 'Suspended')
  venue.engine.operator.setMark('NQ', '19899')
  assert.deepEqual(await told(), [[idOf('a'), 'Open', '19890']])
  venue.engine.operator.setMark('NQ', '19880')
  assert.deepEqual(await told(), [])
  const found = await broker.findOrder(stop)
  assert.deepEqual([found?.clientOrderId, found?.attachedTo, found?.status], [idOf('a-stop'), idOf('a'), 'filled'])
  assert.ok(decimal(found?.leavesSize ?? decimalString('1')).isZero())
})
