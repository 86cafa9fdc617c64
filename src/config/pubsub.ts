/** The part of the configuration about Google Pub/Sub: events out, signals in. Off unless it is there. */
import { z } from 'zod'
import type { Mistake } from '#validation/mistake.ts'
import { name } from './scalars.ts'

/** Names as Pub/Sub takes them: https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
const resource = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$/, 'the name of a Pub/Sub resource, without its path')

export const pubsubSchema = z
  .strictObject({
    project_id: z.string().min(1).max(64).describe('Google Cloud project of topic and subscription.'),
    events: z
      .strictObject({ topic: resource.describe('Every decision is published here; see execution-event.schema.json.') })
      .optional()
      .describe('Events out.'),
    signals: z
      .strictObject({
        subscription: resource.describe('Signals are pulled from here; one signal a message, as in POST /v1/signals.'),
        sender: name.describe('A name of http.signal_tokens: its strategies are those that may come this way.'),
        source: z
          .string()
          .min(1)
          .max(128)
          .optional()
          .describe('The one source that signals of this subscription must name. Default: any.'),
      })
      .optional()
      .describe('Signals in.'),
  })
  .describe('Google Pub/Sub. The emulator is used where PUBSUB_EMULATOR_HOST is set.')

/** Null where nothing goes that way. */
export interface PubsubConfig {
  readonly projectId: string
  readonly events: { readonly topic: string } | null
  readonly signals: SignalSubscriptionConfig | null
}

export interface SignalSubscriptionConfig {
  readonly subscription: string
  readonly sender: string
  /** `*` is every strategy. */
  readonly strategies: readonly string[]
  readonly source: string | null
}

/** Who may signal what, by name. */
interface Sender {
  readonly name: string
  readonly strategies: readonly string[]
}

export function pubsubFrom(
  content: z.output<typeof pubsubSchema> | undefined,
  senders: readonly Sender[],
): PubsubConfig | null {
  if (content === undefined) return null
  const { project_id: projectId, events, signals } = content
  return {
    projectId,
    events: events ?? null,
    signals:
      signals === undefined
        ? null
        : {
            subscription: signals.subscription,
            sender: signals.sender,
            // Nobody's scope is nothing: `pubsubMistakes` has refused such a file before.
            strategies: senders.find((sender) => sender.name === signals.sender)?.strategies ?? [],
            source: signals.source ?? null,
          },
  }
}

/** A subscription without a known sender would have no scope. Looks at the raw input, so that it speaks even when other keys are wrong. */
export function pubsubMistakes(pubsub: Fields, senders: readonly Fields[]): Mistake[] {
  const { signals } = pubsub
  if (signals === null || typeof signals !== 'object' || !('sender' in signals)) return []
  const names = senders.map((sender) => sender['name'])
  if (names.includes(signals.sender)) return []
  const expected = names.length === 0 ? 'an entry of http.signal_tokens, there is none' : `one of ${names.join(', ')}`
  return [
    { path: ['pubsub', 'signals', 'sender'], kind: 'wrong-value', expected, seen: JSON.stringify(signals.sender) },
  ]
}

type Fields = Readonly<Record<string, unknown>>
