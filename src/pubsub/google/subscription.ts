/** Signals from a subscription, by unary pulls: what is held is known at every moment, and an end leaves nothing half done. */
import type { v1 } from '@google-cloud/pubsub'
import type { PulledMessage, SignalSubscription } from '../signal-subscription.ts'
import { type ConnectionOptions, connectSubscriber, lazily, once, Status, statusOf, unavailable } from './connection.ts'

export interface SubscriptionOptions extends ConnectionOptions {
  readonly subscription: string
}

/** How long one pull waits for messages, ms. */
const WAIT_MS = 20_000
const CALL_TIMEOUT_MS = 10_000
/** Longest deadline that Pub/Sub grants, s. */
const LONGEST_S = 600

/** Connects with the first pull, which shows whether the subscription is there. */
export function openSubscription(options: SubscriptionOptions): SignalSubscription {
  const connection = lazily(() => connectSubscriber(options))
  const name = options.subscription
  const subscription = `projects/${options.projectId}/subscriptions/${name}`
  const asked = async (what: string, call: (client: v1.SubscriberClient) => Promise<unknown>): Promise<void> => {
    try {
      await call(await connection.get())
    } catch (error) {
      throw unavailable(`${what} of subscription ${name}`, error)
    }
  }
  return {
    name,
    async pull(most, signal) {
      const client = await connection.get()
      const answer = client.pull({ subscription, maxMessages: most }, once(WAIT_MS)).then(
        ([{ receivedMessages }]) => (receivedMessages ?? []).map(pulled),
        (error: unknown) => {
          if (signal.aborted || statusOf(error) === Status.deadlineExceeded) return []
          throw unavailable(`Pull of subscription ${name}`, error)
        },
      )
      // What a pull that is given up still brings is never acknowledged: it comes again, to somebody else.
      return await unlessAborted(answer, signal)
    },
    acknowledge: (ackIds) =>
      asked('Acknowledgement', (client) =>
        client.acknowledge({ subscription, ackIds: [...ackIds] }, once(CALL_TIMEOUT_MS)),
      ),
    postpone: (ackIds, afterMs) =>
      asked('Deadline', (client) =>
        client.modifyAckDeadline(
          {
            subscription,
            ackIds: [...ackIds],
            ackDeadlineSeconds: Math.min(LONGEST_S, Math.ceil(afterMs / 1000)),
          },
          once(CALL_TIMEOUT_MS),
        ),
      ),
    close: () => connection.close(),
  }
}

/** The answer, or nothing once the signal aborts. The signal outlives many pulls, so none leaves a listener behind. */
async function unlessAborted(
  answer: Promise<readonly PulledMessage[]>,
  signal: AbortSignal,
): Promise<readonly PulledMessage[]> {
  const { promise: aborted, resolve } = Promise.withResolvers<readonly PulledMessage[]>()
  const giveUp = (): void => resolve([])
  signal.addEventListener('abort', giveUp)
  try {
    return signal.aborted ? [] : await Promise.race([answer, aborted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

type Received = {
  readonly ackId?: string | null
  readonly message?: {
    readonly messageId?: string | null
    readonly data?: Uint8Array | Buffer | string | null
    readonly orderingKey?: string | null
  } | null
}

function pulled({ ackId, message }: Received): PulledMessage {
  const data = message?.data ?? ''
  return {
    ackId: ackId ?? '',
    messageId: message?.messageId ?? '',
    data: typeof data === 'string' ? Buffer.from(data, 'base64') : data,
    orderingKey: message?.orderingKey ?? '',
  }
}
