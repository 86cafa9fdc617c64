/**
 * Google's own Pub/Sub emulator: the one at PUBSUB_EMULATOR_HOST if that is set (as `npm test` does), else one of this test's own; and
 * the other end of a topic, for tests. Take a project id of your own: it separates the data.
 */
import { findPubsubJar, PUBSUB_EMULATOR_ADVICE, pubsubCommand } from '#scripts/setup/pubsub-emulator.mjs'
import { type Emulator, startJavaEmulator } from './java-emulator.ts'

/** @throws EmulatorMissing */
export async function startPubsubEmulator(): Promise<Emulator> {
  return await startJavaEmulator({
    what: 'Pub/Sub',
    variable: 'PUBSUB_EMULATOR_HOST',
    jar: findPubsubJar(),
    command: pubsubCommand,
    advice: PUBSUB_EMULATOR_ADVICE,
  })
}

/** A message as a subscriber gets it. */
export interface Delivered {
  readonly data: string
  readonly attributes: Readonly<Record<string, string>>
  readonly orderingKey: string
}

/** The side of Pub/Sub that is not ours, over its REST interface, so that it shares no code with the adapter. */
export interface OtherSide {
  createTopic(topic: string): Promise<void>
  deleteTopic(topic: string): Promise<void>
  /** `ackDeadlineSeconds` from 10. */
  createSubscription(subscription: string, topic: string, options?: object): Promise<void>
  publish(topic: string, data: string, orderingKey?: string): Promise<void>
  /** Takes what waits and acknowledges it; none when nothing waits. */
  take(subscription: string): Promise<Delivered[]>
}

interface PullAnswer {
  readonly receivedMessages?: readonly {
    readonly ackId: string
    readonly message: {
      readonly data?: string
      readonly attributes?: Record<string, string>
      readonly orderingKey?: string
    }
  }[]
}

export function otherSideOf(host: string, projectId: string): OtherSide {
  const call = async (method: string, path: string, body: object): Promise<unknown> => {
    const address = `http://${host}/v1/projects/${projectId}/${path}`
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(address, { method, headers, body: JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: the emulator answered ${response.status}: ${text}`)
    return JSON.parse(text)
  }
  return {
    async createTopic(topic) {
      await call('PUT', `topics/${topic}`, {})
    },
    async deleteTopic(topic) {
      await call('DELETE', `topics/${topic}`, {})
    },
    async createSubscription(subscription, topic, options = {}) {
      await call('PUT', `subscriptions/${subscription}`, { topic: `projects/${projectId}/topics/${topic}`, ...options })
    },
    async publish(topic, data, orderingKey = '') {
      const message = { data: Buffer.from(data).toString('base64'), ...(orderingKey !== '' && { orderingKey }) }
      await call('POST', `topics/${topic}:publish`, { messages: [message] })
    },
    async take(subscription) {
      const wish = { maxMessages: 1000, returnImmediately: true }
      const { receivedMessages = [] } = (await call('POST', `subscriptions/${subscription}:pull`, wish)) as PullAnswer
      if (receivedMessages.length === 0) return []
      const ackIds = receivedMessages.map(({ ackId }) => ackId)
      await call('POST', `subscriptions/${subscription}:acknowledge`, { ackIds })
      return receivedMessages.map(({ message: { data = '', attributes = {}, orderingKey = '' } }) => ({
        data: Buffer.from(data, 'base64').toString(),
        attributes,
        orderingKey,
      }))
    },
  }
}
