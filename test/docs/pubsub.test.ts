/** docs/pubsub.md names every type of event, and its configuration is one that loads. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { pubsubSchema } from '#config/pubsub.ts'
import { EVENT_PAYLOADS } from '#domain/events/event-schema.ts'

const TEXT = readFileSync(join(import.meta.dirname, '../../docs/pubsub.md'), 'utf8')

test('every type of event stands in the table once, and no other', () => {
  const table = TEXT.slice(TEXT.indexOf('| about | types |'), TEXT.indexOf('A position ends as'))
  const named = [...table.matchAll(/`([a-z]+\.[a-z_]+)`/g)].map(([, type = '']) => type)
  assert.deepEqual([...named, 'decision.recorded'].toSorted(), Object.keys(EVENT_PAYLOADS).toSorted())
})

test('its configuration is valid', () => {
  const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(TEXT) ?? []
  const { pubsub } = parse(yaml) as { pubsub: unknown }
  assert.equal(pubsubSchema.safeParse(pubsub).success, true)
})
