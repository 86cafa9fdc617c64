/** The Firestore emulator fixture really serves the client library that the Firestore book uses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startFirestoreEmulator } from './firestore-emulator.ts'

test('a document written to the emulator is read back', async () => {
  const emulator = await startFirestoreEmulator()
  const parent = `http://${emulator.host}/v1/projects/emulator-fixture/databases/(default)/documents`
  try {
    const body = JSON.stringify({ fields: { answer: { stringValue: 'here' } } })
    const headers = { 'content-type': 'application/json', authorization: 'Bearer owner' }
    const written = await fetch(`${parent}/things/one`, { method: 'PATCH', body, headers })
    assert.equal(written.status, 200, await written.text())
    const read = (await (await fetch(`${parent}/things/one`, { headers })).json()) as { fields: unknown }
    assert.deepEqual(read.fields, { answer: { stringValue: 'here' } })
  } finally {
    await emulator.stop()
  }
})
