/**
 * Google's Pub/Sub through its generated clients, with deadlines of our own: the convenience layer keeps messages in memory, retries for
 * minutes and acknowledges in the background, where nobody can say what has become of one.
 */
import type { v1 } from '@google-cloud/pubsub'
import type * as gaxModule from 'google-gax'
import type { CallOptions } from 'google-gax'
import { PubsubUnavailable } from '../errors.ts'

export interface ConnectionOptions {
  readonly projectId: string
  /** `host:port` of an emulator; null for Google's service with the machine's own credentials. */
  readonly emulatorHost: string | null
}

/** gRPC status codes that we tell apart, https://grpc.io/docs/guides/status-codes/ */
export const Status = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  unauthenticated: 16,
} as const

type ClientSettings = NonNullable<ConstructorParameters<typeof v1.PublisherClient>[0]>

/** A client that is made when it is first asked for, and again after a failure: trading starts whether or not Pub/Sub can be had. */
export interface Lazy<Client> {
  /** @throws PubsubUnavailable without usable credentials */
  get(): Promise<Client>
  close(): Promise<void>
}

export function lazily<Client extends { close(): Promise<void> }>(connect: () => Promise<Client>): Lazy<Client> {
  let connecting: Promise<Client> | null = null
  return {
    async get() {
      connecting ??= connect()
      try {
        return await connecting
      } catch (error) {
        connecting = null
        throw error
      }
    },
    async close() {
      const client = await connecting?.catch(() => null)
      await client?.close()
    },
  }
}

/** Loads the client library, which takes about 0.3 s, and connects. @throws PubsubUnavailable without usable credentials */
export async function connectPublisher(options: ConnectionOptions): Promise<v1.PublisherClient> {
  const [{ v1: clients }, gax] = await Promise.all([import('@google-cloud/pubsub'), import('google-gax')])
  return await initialized(new clients.PublisherClient(settingsOf(options, gax)), options)
}

/** The same for a subscription. @throws PubsubUnavailable without usable credentials */
export async function connectSubscriber(options: ConnectionOptions): Promise<v1.SubscriberClient> {
  const [{ v1: clients }, gax] = await Promise.all([import('@google-cloud/pubsub'), import('google-gax')])
  return await initialized(new clients.SubscriberClient(settingsOf(options, gax)), options)
}

/** One attempt, with a deadline: whoever asks knows best whether to ask again. */
export function once(timeoutMs: number): CallOptions {
  return { timeout: timeoutMs, retry: null }
}

/** The gRPC status code of an error; null when it is none. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null
}

/** What a failed call is called, with what to do where the status tells. */
export function unavailable(what: string, error: unknown): PubsubUnavailable {
  const status = statusOf(error)
  return new PubsubUnavailable(
    `${what}: Pub/Sub did not do it (gRPC status ${status ?? 'unknown'}). ${adviceOn(status)}`,
    {
      cause: error,
    },
  )
}

function adviceOn(status: number | null): string {
  if (status === Status.notFound) return 'Expected it to exist: create it, or correct the name in the configuration.'
  if (status === Status.permissionDenied || status === Status.unauthenticated)
    return 'Expected the roles roles/pubsub.publisher and roles/pubsub.subscriber on it.'
  return 'It is tried again.'
}

async function initialized<Client extends { initialize(): Promise<unknown> }>(
  client: Client,
  { projectId }: ConnectionOptions,
): Promise<Client> {
  try {
    await client.initialize()
    return client
  } catch (error) {
    throw new PubsubUnavailable(
      `Pub/Sub of project ${projectId}: no usable credentials. Run as a service account, or set GOOGLE_APPLICATION_CREDENTIALS.`,
      { cause: error },
    )
  }
}

/** An emulator has no TLS and no credentials, so that nothing looks for Google's metadata server. */
function settingsOf({ projectId, emulatorHost }: ConnectionOptions, gax: typeof gaxModule): ClientSettings {
  const common = {
    projectId,
    // By default a lost connection is tried again after up to two minutes, and a silent one is never noticed.
    'grpc.max_reconnect_backoff_ms': 5000,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
  }
  if (emulatorHost === null) return common
  const { hostname, port } = new URL(`http://${emulatorHost}`)
  return {
    ...common,
    servicePath: hostname,
    port: Number(port),
    sslCreds: gax.grpc.credentials.createInsecure(),
    authClient: new gax.googleAuthLibrary.PassThroughClient(),
  }
}
