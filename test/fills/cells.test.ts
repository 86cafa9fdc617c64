/** Cells: numbers, times and quotes of a fill file. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { isRoundedId, parseAmount, parseEpoch, parseIst, splitLine } from '#fills/cells.ts'

test('plain decimals are read exactly and made canonical', () => {
  const read = (text: string): string | undefined => parseAmount(text)?.value
  assert.deepEqual(['0', '-1412.049375', '+5', '007.50', '.5', '-0', '-0.000', '12.'].map(read), [
    '0',
    '-1412.049375',
    '5',
    '7.5',
    '0.5',
    '0',
    '0',
    '12',
  ])
  assert.equal(read('12345678901234567890.123456789012345678'), '12345678901234567890.123456789012345678')
})

test('tiny numbers in exponential form are read and marked as rounded', () => {
  assert.deepEqual(parseAmount('1.00E-05'), { value: '0.00001', rounded: true })
  assert.deepEqual(parseAmount('-7.25e-5'), { value: '-0.0000725', rounded: true })
  assert.deepEqual(parseAmount('3E-1'), { value: '0.3', rounded: true })
})

test('numbers that lost digits and texts that are no numbers are refused', () => {
  for (const text of [
    '1e5',
    '1.73E+12',
    '1E0',
    '1E-0',
    'NaN',
    'Infinity',
    '',
    '-',
    '.',
    '1,234.5',
    '1 000',
    '1_000',
    '0x10',
    '$5',
    '5-',
    '--5',
    '１２',
    '1.2.3',
    '=1+1',
  ]) {
    assert.equal(parseAmount(text), null, JSON.stringify(text))
  }
})

test('Indian timestamps become UTC', () => {
  assert.equal(parseIst('02-12-2024 22:50'), Date.UTC(2024, 11, 2, 17, 20))
  assert.equal(parseIst('01-01-2025 00:15:30'), Date.UTC(2024, 11, 31, 18, 45, 30))
  for (const text of [
    '31-02-2025 10:00',
    '12-13-2024 10:00',
    '02-12-2024 24:00',
    '02-12-2024 10:60',
    '02-12-2024 10:59:60',
    '00-12-2024 10:00',
    '2024-12-02 10:00',
    '02-12-24 10:00',
    '',
  ]) {
    assert.equal(parseIst(text), null, text)
  }
})

test('epoch milliseconds are exact with 13 digits and rounded in exponential form', () => {
  assert.deepEqual(parseEpoch('1733159400123'), { time: 1_733_159_400_123, exact: true })
  assert.deepEqual(parseEpoch('1.73E+12'), { time: 1_730_000_000_000, exact: false })
  for (const text of ['1733159400', '', 'yesterday', '-1733159400123']) assert.equal(parseEpoch(text), null, text)
  assert.deepEqual(['8.95E+14', '3739256352', '0'].map(isRoundedId), [true, false, false])
})

test('quotes are read as in RFC 4180 and broken ones refused', () => {
  assert.deepEqual(splitLine('a, b ,c'), ['a', 'b', 'c'])
  assert.deepEqual(splitLine('"a,b", "c ""d""" ,e'), ['a,b', 'c "d"', 'e'])
  assert.deepEqual(splitLine('"a",'), ['a', ''])
  assert.deepEqual(splitLine(''), [''])
  for (const text of ['"a,b', 'a"b,c', '"a"b,c']) assert.equal(splitLine(text), null, text)
})
