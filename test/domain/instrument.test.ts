/** A product's name leads to the contract that trades now for an entry, and to the one that is held for everything else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exposuresOf } from '#domain/account.ts'
import { frontContract } from '#domain/instrument.ts'
import { BTC, NQ, POSITION, anAccount, d } from './samples.ts'

const NQH = { ...NQ, instrument: 'NQH7', active: false }
const MNQ = { ...NQ, instrument: 'MNQZ6', root: 'MNQ' }
const listed = (...instruments: (typeof NQ)[]) =>
  new Map(instruments.map((instrument) => [instrument.instrument, instrument]))

test('an entry by a name goes to that instrument, else to the one active contract of that product', () => {
  const venue = listed(BTC, MNQ, NQH, NQ)
  assert.equal(frontContract(venue, 'NQ')?.instrument, 'NQZ6')
  assert.equal(frontContract(venue, 'NQH7')?.instrument, 'NQH7')
  assert.equal(frontContract(venue, 'MNQ')?.instrument, 'MNQZ6')
  assert.equal(frontContract(venue, 'BTC-PERP')?.instrument, 'BTC-PERP')
})

test('no active contract, or several, is none: nobody guesses a contract', () => {
  assert.equal(frontContract(listed(NQH), 'NQ'), null)
  assert.equal(frontContract(listed(NQ, { ...NQH, active: true }), 'NQ'), null)
  assert.equal(frontContract(listed(BTC), 'ES'), null)
})

test('what is held is found by its contract or its product, whatever trades now', () => {
  const held = { positionId: POSITION, side: 'long', notional: d('1'), size: d('1') } as const
  const row = anAccount({ exposures: { NQU6: { ...held, root: 'NQ' }, 'BTC-PERP': { ...held, root: null } } })
  const found = (name: string) => exposuresOf(row, name).map(([contract]) => contract)
  assert.deepEqual(found('NQ'), ['NQU6'])
  assert.deepEqual(found('NQU6'), ['NQU6'])
  assert.deepEqual(found('NQZ6'), [])
  assert.deepEqual(found('BTC-PERP'), ['BTC-PERP'])
  assert.deepEqual(exposuresOf(undefined, 'NQ'), [])
})
