/** Who is told what of an alert, and when: first rounds, repetition, escalation, and what stops them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { acknowledgedAlert } from '#domain/alerts.ts'
import { alertWords, cutTo, noticeKeyOf } from '#domain/alert-text.ts'
import {
  deliveryAfter,
  judgeTelling,
  type RepeatTerms,
  type SinkTerms,
  type Telling,
  wasTold,
} from '#domain/alert-telling.ts'
import type { AlertRow, DeliveryRow } from '#domain/records.ts'

const REPEAT: RepeatTerms = { critical: 900, warning: null, info: null, escalateAfterRounds: 3 }
const SINK: SinkTerms = {
  name: 'team',
  minSeverity: 'info',
  escalation: false,
  repeats: true,
  events: ['raised', 'acknowledged', 'resolved'],
}
const CHAT: SinkTerms = { ...SINK, events: ['raised', 'resolved'] }
const BOSS: SinkTerms = { ...SINK, name: 'boss', escalation: true }

function alertOf(change: Partial<AlertRow> = {}): AlertRow {
  const about = { account: 'a', instrument: null, positionId: null, title: 'T', detail: 'D' }
  const state = { raisedAt: 1_000, resolvedAt: null, deliveredAt: null, active: true }
  return { alertId: 'alert-1', severity: 'critical', kind: 'size-drift', ...about, ...state, ...change }
}

function toldRounds(rounds: number, toldAt: number, change: Partial<DeliveryRow> = {}): DeliveryRow {
  const nothing = { acknowledgedAt: null, resolvedAt: null, claim: null }
  return { alertId: 'alert-1', sink: 'team', rounds, toldAt, ...nothing, ...change }
}

const seen = (alert: AlertRow) => acknowledgedAlert(alert, { by: 'ada', at: 2_000, why: 'on it' })
const over = (alert: AlertRow): AlertRow => ({ ...alert, active: false, resolvedAt: 3_000 })
const tell = (event: Telling['event'], round: number) => ({ kind: 'tell', telling: { event, round } })
const REST = { kind: 'rest' }

test('a sink is told of what is as severe as it asks for, and of nothing below', () => {
  const first = (severity: AlertRow['severity'], minSeverity: AlertRow['severity']) =>
    judgeTelling(alertOf({ severity }), null, { ...SINK, minSeverity }, REPEAT, 1_000).kind
  assert.deepEqual(
    [first('critical', 'critical'), first('warning', 'critical'), first('info', 'warning'), first('info', 'info')],
    ['tell', 'rest', 'rest', 'tell'],
  )
})

test('what stands unacknowledged is told again after the time of its severity, and not before; a warning is not', () => {
  const at = (now: number, change: Partial<AlertRow> = {}) =>
    judgeTelling(alertOf(change), toldRounds(1, 1_100), SINK, REPEAT, now)
  assert.deepEqual(at(1_999), { kind: 'wait', at: 2_000, telling: { event: 'raised', round: 1 } })
  assert.deepEqual(at(2_000), tell('raised', 1))
  assert.deepEqual(at(9_000, { severity: 'warning' }), REST)
  assert.deepEqual(judgeTelling(alertOf(), toldRounds(1, 1_100), { ...SINK, repeats: false }, REPEAT, 9_000), REST)
})

test('an acknowledgement stops the repetition and is told to those that show it; so is the end, once', () => {
  const told = toldRounds(2, 1_100)
  assert.deepEqual(judgeTelling(seen(alertOf()), told, SINK, REPEAT, 99_000), tell('acknowledged', 2))
  assert.deepEqual(judgeTelling(seen(alertOf()), told, CHAT, REPEAT, 99_000), REST)
  const toldSeen = { ...told, acknowledgedAt: 2_100 }
  assert.deepEqual(judgeTelling(seen(alertOf()), toldSeen, SINK, REPEAT, 99_000), REST)
  assert.deepEqual(judgeTelling(over(alertOf()), told, CHAT, REPEAT, 99_000), tell('resolved', 2))
  assert.deepEqual(judgeTelling(over(alertOf()), { ...told, resolvedAt: 3_100 }, CHAT, REPEAT, 99_000), REST)
})

test('who was never told of an alert hears of it first, even when it is over, and then of its end', () => {
  assert.deepEqual(judgeTelling(over(alertOf()), null, SINK, REPEAT, 9_000), tell('raised', 0))
  assert.deepEqual(judgeTelling(over(alertOf()), toldRounds(1, 9_000), SINK, REPEAT, 9_000), tell('resolved', 1))
})

test('a sink of the escalation is told after so many rounds without acknowledgement, and never of what was seen or is over', () => {
  const at = (now: number, alert = alertOf()) => judgeTelling(alert, null, BOSS, REPEAT, now)
  assert.deepEqual(at(3_699), { kind: 'wait', at: 3_700, telling: { event: 'raised', round: 0 } })
  assert.deepEqual(at(3_700), tell('raised', 0))
  assert.deepEqual(at(99_000, seen(alertOf())), REST)
  assert.deepEqual(at(99_000, over(alertOf())), REST)
  assert.deepEqual(at(99_000, alertOf({ severity: 'warning' })), REST)
})

test('property: whatever happens in whatever order, nothing is told twice, and the end only to those who heard of the beginning', () => {
  const step = fc.record({ after: fc.nat(2_000), act: fc.constantFrom('look', 'acknowledge', 'end') })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(SINK, CHAT, BOSS), (steps, sink) => {
      let [alert, told, now] = [alertOf(), null as DeliveryRow | null, 1_000]
      const heard: string[] = []
      for (const { after, act } of steps) {
        now += after
        if (act === 'acknowledge') alert = seen(alert)
        if (act === 'end') alert = over(alert)
        const judged = judgeTelling(alert, told, sink, REPEAT, now)
        if (judged.kind !== 'tell') continue
        assert.equal(wasTold(told, judged.telling), false)
        heard.push(noticeKeyOf({ ...judged.telling, alert }))
        told = deliveryAfter(told, { alertId: 'alert-1', sink: sink.name }, judged.telling, now)
        assert.equal(wasTold(told, judged.telling), true)
      }
      assert.deepEqual(heard, [...new Set(heard)])
      if (heard.length > 0) assert.equal(heard[0], 'alert-1')
      if (heard.includes('alert-1.resolved')) assert.equal(heard.at(-1), 'alert-1.resolved')
    }),
  )
})

test('the words name account, kind, time, what to do and where; a repetition and a late telling say so', () => {
  const words = alertWords({ alert: alertOf(), event: 'raised', round: 0 }, 'https://desk.example.com/')
  assert.equal(words.subject, '[critical] T')
  assert.equal(words.link, 'https://desk.example.com/#/alerts/alert-1')
  assert.deepEqual(words.lines, [
    'D',
    'size-drift · a · since 1970-01-01T00:00:01.000Z',
    'What to do: docs/alerts.md#size-drift',
  ])
  assert.match(alertWords({ alert: alertOf(), event: 'raised', round: 2 }, null).lines[0] ?? '', /^Told 3 times/)
  const late = alertWords({ alert: over(alertOf()), event: 'raised', round: 0 }, null)
  assert.equal(late.lines[0], 'It is over since 1970-01-01T00:00:03.000Z.')
  const end = alertWords({ alert: over(seen(alertOf())), event: 'resolved', round: 1 }, null)
  assert.equal(end.subject, '[resolved] T')
  assert.match(end.lines.join(), /Seen by ada at 1970-01-01T00:00:02.000Z: on it/)
})

test('a text that is cut for a sink is no longer than it takes and holds no half of a character', () => {
  assert.equal(cutTo(4, 'ab🙂🙂'), 'ab…')
  assert.equal(cutTo(9, 'half \uD83D'), 'half \uFFFD')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 30 }), (text, most) => {
      const cut = cutTo(most, text)
      assert.ok(cut.length <= most && cut.isWellFormed())
    }),
  )
})

test('what others wrote into an alert makes no line of its own and hides nothing', () => {
  const alert = alertOf({ title: 'X\n[resolved] all is well', detail: 'a\r\nSeen by ada\u202E' })
  const { subject, lines } = alertWords({ alert, event: 'raised', round: 0 }, null)
  assert.equal(subject, '[critical] X [resolved] all is well')
  assert.equal(lines[0], 'a  Seen by ada ')
})
