/** The JSON Schemas that Truebook publishes, made from the schemas that it validates with. */
import { z } from 'zod'
import { signalSchema } from '#domain/signal.ts'
import { executionEventSchema } from '#domain/events/event-schema.ts'
import { configFileSchema } from './file-schema.ts'
import { programmeFileSchema } from './programme-schema.ts'

/** Published schemas by the file name under `schema/`. */
export const PUBLISHED_SCHEMAS = {
  'signal.schema.json': {
    title: 'Truebook signal',
    description: 'What a strategy asks for; body of POST /v1/signals. Amounts are plain decimals in strings.',
    schema: signalSchema,
  },
  'config.schema.json': {
    title: 'Truebook configuration',
    description:
      'truebook.yaml. Rules that span several keys (for example one of agent_key_file and agent_key_env) are checked at start.',
    schema: configFileSchema,
  },
  'execution-event.schema.json': {
    title: 'Truebook execution event',
    description:
      'What is published of every decision; one message of the topic pubsub.events.topic. Members are only added; repeats carry the same idempotency_key.',
    schema: executionEventSchema,
  },
  'programme.schema.json': {
    title: 'Truebook programme rules',
    description: 'Rules of one prop trading programme; files under programmes/. Amounts are plain decimals in strings.',
    schema: programmeFileSchema,
  },
} as const

/** Text of a published schema, as committed. */
export function schemaText(file: keyof typeof PUBLISHED_SCHEMAS): string {
  const { title, description, schema } = PUBLISHED_SCHEMAS[file]
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return `${JSON.stringify({ $schema, title, description, ...rest }, null, 2)}\n`
}
