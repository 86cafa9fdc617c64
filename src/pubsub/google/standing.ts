/** Whether what the configuration names is there, by asking for its description only: nothing is published, pulled or made. */
import { type ConnectionOptions, connectPublisher, connectSubscriber, once, Status, statusOf } from './connection.ts'
import type { SubscriptionOptions } from './subscription.ts'
import type { TopicOptions } from './topic.ts'

/** `hidden`: it may be there, but we may not see it, which publishing and pulling do not need. */
export type Standing =
  | { readonly kind: 'there' | 'missing' | 'hidden' }
  | { readonly kind: 'unavailable'; readonly reason: string }

const TIMEOUT_MS = 10_000

export async function standingOfTopic({ topic, ...options }: TopicOptions): Promise<Standing> {
  return await ask(options, connectPublisher, async (client, parent) => {
    await client.getTopic({ topic: `${parent}/topics/${topic}` }, once(TIMEOUT_MS))
  })
}

export async function standingOfSubscription({ subscription, ...options }: SubscriptionOptions): Promise<Standing> {
  return await ask(options, connectSubscriber, async (client, parent) => {
    await client.getSubscription({ subscription: `${parent}/subscriptions/${subscription}` }, once(TIMEOUT_MS))
  })
}

async function ask<Client extends { close(): Promise<void> }>(
  options: ConnectionOptions,
  connect: (options: ConnectionOptions) => Promise<Client>,
  question: (client: Client, parent: string) => Promise<void>,
): Promise<Standing> {
  let client: Client | null = null
  try {
    client = await connect(options)
    await question(client, `projects/${options.projectId}`)
    return { kind: 'there' }
  } catch (error) {
    const status = statusOf(error)
    if (status === Status.notFound) return { kind: 'missing' }
    if (status === Status.permissionDenied) return { kind: 'hidden' }
    return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await client?.close()
  }
}
