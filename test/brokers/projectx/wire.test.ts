/** The reference's example rows read exactly, and their money adds up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decimal, decimalString } from '#domain/decimal.ts'
import { BrokerProtocolError } from '#brokers/errors.ts'
import { jsonNumber, parseJson } from '#brokers/projectx/json.ts'
import { brokerOrderOf, fillOf, orderStatusOf } from '#brokers/projectx/translate.ts'
import { parseAnswer } from '#brokers/wire-answer.ts'
import {
  accountsSchema,
  barsSchema,
  contractSchema,
  ordersSchema,
  placedSchema,
  positionsSchema,
  tradeSchema,
  wireInstantOf,
} from '#brokers/projectx/wire.ts'

const ORDER_TEXT = `{"orders":[{"id":36598,"accountId":704,"contractId":"CON.F.US.EP.U25","symbolId":"F.US.EP",
"creationTimestamp":"2025-07-18T21:00:01.268009+00:00","updateTimestamp":"2025-07-18T21:00:01.268009+00:00","status":2,"type":2,
"side":0,"size":1,"limitPrice":null,"stopPrice":null,"fillVolume":1,"filledPrice":6335.250000000,"customTag":null}]}`
const CLOSING = `{"id":8604,"accountId":203,"contractId":"CON.F.US.EP.H25","creationTimestamp":"2025-01-21T16:13:52.523293+00:00",
"price":6065.25,"profitAndLoss":50.0,"fees":1.4,"side":1,"size":1,"voided":false,"orderId":14328}`
const OPENING = `{"id":8603,"accountId":203,"contractId":"CON.F.US.EP.H25","creationTimestamp":"2025-01-21T16:13:04.142302+00:00",
"price":6064.25,"profitAndLoss":null,"fees":1.4,"side":0,"size":1,"voided":false,"orderId":14326}`
const LIVE = `{"id":3004518356,"accountId":26282486,"contractId":"CON.F.US.MNQ.U26","creationTimestamp":"2026-08-19T14:16:01.4061289+00:00",
"price":29423,"profitAndLoss":-49,"fees":0.36,"commissions":0.25,"side":0,"size":1,"voided":false,"orderId":3423462488}`

test('numbers keep their digits, however many', () => {
  assert.deepEqual(parseJson('{"id":12345678901234567890,"p":6335.250000000,"e":1.5E-7,"n":null,"t":"7"}'), {
    id: '12345678901234567890',
    p: '6335.250000000',
    e: '0.00000015',
    n: null,
    t: '7',
  })
  assert.equal(JSON.stringify({ id: jsonNumber('12345678901234567890') }), '{"id":12345678901234567890}')
  assert.throws(() => jsonNumber('7,"side":0'), RangeError)
})

test('a plain number goes out and comes in unchanged', () => {
  const digits = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat({ max: 999_999 }))
  fc.assert(
    fc.property(digits, ([whole, fraction]) => {
      const text = `${whole}.${String(fraction).padStart(6, '0')}`
      assert.deepEqual(parseJson(JSON.stringify([jsonNumber(text)])), [text])
    }),
  )
})

test('the example rows of the reference read as what they say', () => {
  const { accounts } = parseAnswer(
    accountsSchema,
    parseJson(
      '{"accounts":[{"id":25775680,"name":"50KTC-V2-DLL-645601-97590973","balance":49989.34,"canTrade":true,"isVisible":true,"simulated":true}]}',
    ),
    'accounts',
  )
  assert.deepEqual([accounts[0]?.id, accounts[0]?.balance], ['25775680', '49989.34'])
  const { contract } = parseAnswer(
    contractSchema,
    parseJson(
      '{"contract":{"id":"CON.F.US.ENQ.H25","name":"NQH5","description":"E-mini NASDAQ-100: March 2025","tickSize":0.25,"tickValue":5,"activeContract":false,"symbolId":"F.US.ENQ"}}',
    ),
    'contract',
  )
  assert.deepEqual([contract.tickSize, contract.tickValue], ['0.25', '5'])
  const { positions } = parseAnswer(
    positionsSchema,
    parseJson(
      '{"positions":[{"id":6124,"accountId":536,"contractId":"CON.F.US.GMET.J25","creationTimestamp":"2025-04-21T19:52:32.175721+00:00","type":1,"size":2,"averagePrice":1575.75}]}',
    ),
    'positions',
  )
  assert.deepEqual([positions[0]?.type, positions[0]?.size, positions[0]?.averagePrice], ['1', '2', '1575.75'])
  const bars = '{"bars":[{"t":"2024-12-20T14:00:00+00:00","o":2208.1,"h":2217.0,"l":2206.7,"c":2210.1,"v":87}]}'
  assert.equal(parseAnswer(barsSchema, parseJson(bars), 'bars').bars[0]?.c, '2210.1')
  const placed = '{"orderId":9057,"success":false,"errorCode":2,"errorMessage":"Brackets cannot be used"}'
  assert.equal(parseAnswer(placedSchema, parseJson(placed), 'placed').orderId, '9057')
})

test('an order of another product is told under the name of its contract, with what is left of it', () => {
  const [row] = parseAnswer(ordersSchema, parseJson(ORDER_TEXT), 'orders').orders
  assert.ok(row !== undefined)
  assert.deepEqual(brokerOrderOf(row), {
    clientOrderId: null,
    attachedTo: null,
    venueOrderId: '36598',
    instrument: 'ESU5',
    side: 'buy',
    originalSize: '1',
    leavesSize: '0',
    limitPrice: '0',
    reduceOnly: false,
    trigger: null,
    status: 'filled',
    venueStatus: 'Filled',
    placedAt: Date.parse('2025-07-18T21:00:01.268Z'),
    statusAt: Date.parse('2025-07-18T21:00:01.268Z'),
  })
})

test('half-turns: gross PnL is FIFO times 50 USD a point, fees and commissions are costs, null opened', () => {
  const [opening, closing, live] = [OPENING, CLOSING, LIVE].map((text, index) => {
    const raw = parseJson(text) as Record<string, unknown>
    const trade = { ...parseAnswer(tradeSchema, raw, `row ${index}`), raw }
    return fillOf({ trade, startPosition: decimalString('0') }, { clientOrderId: null, attachedTo: null }, 'px')
  })
  assert.ok(opening !== undefined && closing !== undefined && live !== undefined)
  assert.equal(decimal(closing.price).minus(opening.price).times(50).toFixed(), closing.closedPnl)
  assert.deepEqual([opening.closedPnl, opening.fee, opening.side], ['0', '1.4', 'buy'])
  assert.deepEqual([live.fee, live.feeToken, live.closedPnl, live.instrument], ['0.61', 'USD', '-49', 'MNQU6'])
  assert.equal(live.fillId, 'px|CON.F.US.MNQ.U26|1787148961406|3423462488|3004518356')
  assert.deepEqual([live.raw['price'], live.raw['id']], ['29423', '3004518356'])
})

test('B22: a half-turn whose fee is not stated yet is told with its fee pending, not as free', () => {
  const told = (text: string) => {
    const raw = parseJson(text) as Record<string, unknown>
    const trade = { ...parseAnswer(tradeSchema, raw, 'row'), raw }
    return fillOf({ trade, startPosition: decimalString('0') }, { clientOrderId: null, attachedTo: null }, 'px')
  }
  const { fee, feePending } = told(OPENING.replace('"fees":1.4', '"fees":null'))
  assert.deepEqual([fee, feePending], ['0', true])
  assert.equal(told(OPENING).feePending, undefined)
})

test('instants keep their digits below the millisecond, in any offset', () => {
  assert.deepEqual(wireInstantOf('2026-08-19T14:16:01.4061289+00:00'), { ms: 1_787_148_961_406, below: 1289 })
  assert.deepEqual(wireInstantOf('2026-08-19T09:16:01.4061289-05:00'), { ms: 1_787_148_961_406, below: 1289 })
  assert.deepEqual(wireInstantOf('2026-08-19T14:16:01Z'), { ms: 1_787_148_961_000, below: 0 })
  assert.equal(wireInstantOf('2026-08-19T14:16:01'), null)
  assert.equal(wireInstantOf('yesterday'), null)
})

test('a row of another form is a protocol error that names the place', () => {
  const wrong = parseJson(CLOSING.replace('"price":6065.25', '"price":"6065,25"'))
  assert.throws(
    () => parseAnswer(tradeSchema, wrong, 'Trade/search row 3'),
    (error) => error instanceof BrokerProtocolError && /row 3: at price .*6065,25/.test(error.message),
  )
  assert.throws(() => parseAnswer(tradeSchema, parseJson(CLOSING.replace('"side":1', '"side":2')), 'row'), /at side/)
})

test('C15, B14: a trade of no size, of a negative one or without an id is refused by name', () => {
  const read = (from: string, to: string) =>
    parseAnswer(tradeSchema, parseJson(CLOSING.replace(from, to)), 'Trade/search row 0')
  assert.throws(() => read('"size":1', '"size":-1'), /row 0: at size expected a size above 0/)
  assert.throws(() => read('"size":1', '"size":0'), /row 0: at size expected a size above 0/)
  assert.throws(() => read('"id":8604,', ''), /row 0: at id/)
})

test('order statuses are told in the venue’s words; one we do not know ends nothing', () => {
  const told = [0, 1, 2, 3, 4, 5, 6, 7, 8, 99].map((code) => orderStatusOf(code))
  assert.deepEqual(told, [
    ['None', 'working'],
    ['Open', 'working'],
    ['Filled', 'filled'],
    ['Cancelled', 'canceled'],
    ['Expired', 'canceled'],
    ['Rejected', 'rejected'],
    ['Pending', 'working'],
    ['PendingCancellation', 'working'],
    ['Suspended', 'working'],
    ['Status 99', 'working'],
  ])
})
