/** Signatures, against vectors made with `openssl dgst -sha256 -hmac`, and the rule for clocks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSameSignature, isTimely, restSignature, streamSignature } from '#simulators/bybit/wire/signature.ts'

const REQUEST = { timestamp: '1658384314791', apiKey: 'XXXXXXXXXX', recvWindow: '5000' }

test('a query string and a body are signed after timestamp, key and window', () => {
  const query = { ...REQUEST, payload: 'category=linear&symbol=BTCUSDT' }
  assert.equal(
    restSignature('secret-of-alice', query),
    'a167e372aa625d68248fff254423fc146578dfee9baffda46edbf818e23450aa',
  )
  const body = { ...REQUEST, payload: '{"category":"linear","symbol":"BTCUSDT"}' }
  assert.equal(
    restSignature('secret-of-alice', body),
    '2d9a85319263ee19c4d65bd9bc74855f9d152043fca82c97a52e4ba7df8fa1a5',
  )
})

test('a stream is signed into with the moment the signature ends', () => {
  const signature = streamSignature('secret-of-alice', '1662350400000')
  assert.equal(signature, 'fec9fe6636d7e63e0274fd7f07327c2e4319be1847e8a008125f4568c8524238')
  assert.equal(isSameSignature(signature, signature.toUpperCase()), false)
  assert.equal(isSameSignature(signature, ''), false)
})

test('a timestamp may be a window old and less than a second ahead', () => {
  const now = 1_700_000_000_000
  assert.deepEqual(
    [now - 5000, now - 5001, now + 999, now + 1000, Number.NaN].map((timestamp) => isTimely(timestamp, 5000, now)),
    [true, false, true, false, false],
  )
})
