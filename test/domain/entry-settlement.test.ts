/** When an entry has ended, and with what, as data. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Decimal } from '#domain/decimal.ts'
import { settleEntry } from '#domain/entry-settlement.ts'
import type { Episode } from '#domain/episode.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { anEpisode } from './entry-episode.ts'
import { POSITION, aBrokerOrder, d } from './samples.ts'

const ENTRY = clientOrderIdOf(POSITION, 'entry', 0)

test('A5, A22: a cancel settles nothing until the fills account for what the venue says', () => {
  const record = aBrokerOrder({
    clientOrderId: ENTRY,
    status: 'canceled',
    originalSize: d('1'),
    leavesSize: d('0.4'),
    trigger: null,
  })
  const settle = (episode: Episode | null, brokerSize: string, entered = '0') =>
    settleEntry({
      entryId: ENTRY,
      record,
      episode,
      entered: new Decimal(entered),
      brokerSize: new Decimal(brokerSize),
      left: new Decimal(0),
    }).kind
  assert.equal(settle(null, '0'), 'unproven', 'the fills are not there yet')
  assert.equal(settle(anEpisode('0.6'), '0'), 'unproven', 'the position is not there yet')
  assert.equal(settle(anEpisode('0.6'), '0.6'), 'settled')
  assert.equal(settle(anEpisode('0.6', '0.6'), '-0.5'), 'settled', 'what is held after its end is somebody else’s')
  assert.equal(settle(anEpisode('0.6', '0.2'), '-0.5'), 'unproven')
  assert.equal(settle(null, '-0.4', '0.6'), 'settled', 'all of it closed what somebody else had')
  assert.equal(settle(anEpisode('0.2'), '0.2', '0.6'), 'settled', 'a part of it did')
  assert.equal(
    settleEntry({
      entryId: ENTRY,
      record: null,
      episode: null,
      entered: new Decimal(0),
      brokerSize: new Decimal(0),
      left: new Decimal(0),
    }).kind,
    'unproven',
    'A22: one not found is no proof',
  )
})

test('an entry of which nothing filled ends beside somebody else’s position once their fills account for it', () => {
  const record = aBrokerOrder({
    clientOrderId: ENTRY,
    status: 'canceled',
    originalSize: d('1'),
    leavesSize: d('1'),
    trigger: null,
  })
  const settle = (left: string, entered = '0') =>
    settleEntry({
      entryId: ENTRY,
      record,
      episode: null,
      entered: new Decimal(entered),
      brokerSize: new Decimal('0.3'),
      left: new Decimal(left),
    }).kind
  assert.equal(settle('0.3'), 'settled')
  assert.equal(settle('0'), 'unproven', 'what the broker holds may be a fill of ours that is told late')
  assert.equal(settle('0.2'), 'unproven')
})
