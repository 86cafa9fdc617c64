/**
 * One attempt of one call to Firestore, with a deadline and without the client library's own retries: those last up to
 * ten minutes and hide whether an earlier attempt may have been applied, which is exactly what a commit must know.
 */
import type { protos, v1 } from '@google-cloud/firestore-api'
import type * as gaxModule from 'google-gax'
import type { CallOptions } from 'google-gax'
import { BookUnavailable } from '../errors.ts'
import type { Document, Location } from './documents.ts'

type CommitRequest = protos.google.firestore.v1.ICommitRequest
type CommitResponse = protos.google.firestore.v1.ICommitResponse
type QueryRequest = protos.google.firestore.v1.IRunQueryRequest
type QueryResponse = protos.google.firestore.v1.IRunQueryResponse
type GetResponse = protos.google.firestore.v1.IBatchGetDocumentsResponse

/** gRPC status codes, https://grpc.io/docs/guides/status-codes/ */
export const Status = {
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** A whole result set may take long; silence may not, see `silenceMs`. */
const LONGEST_READ_MS = 300_000

/** A connection to one database. */
export interface RpcOptions {
  readonly location: Location
  /** `host:port` of an emulator; null for Google's service with the machine's own credentials. */
  readonly emulatorHost: string | null
  /** How long one attempt may stay without an answer, ms. */
  readonly silenceMs: number
}

/** The three calls that a book makes. Errors are gRPC errors with a `code`. */
export class Rpc {
  readonly location: Location
  readonly #client: v1.FirestoreClient
  readonly #silenceMs: number
  readonly #headers: Readonly<Record<string, string>>

  private constructor(client: v1.FirestoreClient, options: RpcOptions) {
    this.#client = client
    this.location = options.location
    this.#silenceMs = options.silenceMs
    // Rules deny all clients; the emulator lets this bearer pass them, as Google's service lets a service account.
    this.#headers = options.emulatorHost === null ? {} : { authorization: 'Bearer owner' }
  }

  /** Loads the client library, which takes about 0.2 s, and connects. @throws BookUnavailable without usable credentials */
  static async connect(options: RpcOptions): Promise<Rpc> {
    const [{ default: firestore }, gax] = await Promise.all([import('@google-cloud/firestore'), import('google-gax')])
    const client = new firestore.v1.FirestoreClient({
      ...(options.emulatorHost === null ? {} : emulatorSettings(options.emulatorHost, gax)),
      // By default a lost connection is tried again after up to two minutes, and a silent one is never noticed.
      'grpc.max_reconnect_backoff_ms': 5000,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 10_000,
    })
    try {
      await client.initialize()
    } catch (error) {
      throw new BookUnavailable(
        `Firestore ${options.location.database}: no usable credentials. Run as a service account, or set GOOGLE_APPLICATION_CREDENTIALS.`,
        { cause: error },
      )
    }
    return new Rpc(client, options)
  }

  /** Applies the writes of a commit, all or none. */
  async commit(writes: NonNullable<CommitRequest['writes']>): Promise<CommitResponse> {
    const [response] = await this.#client.commit(
      { database: this.location.database, writes },
      this.#callOptions(this.#silenceMs),
    )
    return response
  }

  /**
   * Reads documents by name; a name without an answer is absent from the map, a missing one is null. Google's service
   * reads at one instant; its emulator may show half of a commit that lands meanwhile, which compare-and-set then refuses.
   */
  async batchGet(documents: string[]): Promise<Map<string, Document | null>> {
    const request = { database: this.location.database, documents }
    const stream = this.#client.batchGetDocuments(request, this.#callOptions(LONGEST_READ_MS))
    const found = new Map<string, Document | null>()
    for (const response of await collect<GetResponse>(stream, this.#silenceMs)) {
      if (response.found?.name != null) found.set(response.found.name, response.found)
      else if (response.missing != null) found.set(response.missing, null)
    }
    return found
  }

  /** Runs a query to its end, at one instant. */
  async runQuery(structuredQuery: NonNullable<QueryRequest['structuredQuery']>): Promise<Document[]> {
    const request = { parent: this.location.parent, structuredQuery }
    const stream = this.#client.runQuery(request, this.#callOptions(LONGEST_READ_MS))
    const responses = await collect<QueryResponse>(stream, this.#silenceMs)
    return responses.flatMap(({ document }) => (document == null ? [] : [document]))
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  #callOptions(timeout: number): CallOptions {
    return {
      timeout,

      retry: null,
      retryRequestOptions: { retries: 0, noResponseRetries: 0 },
      otherArgs: { headers: { ...this.#headers } },
    }
  }
}

type Gax = typeof gaxModule
type ClientSettings = NonNullable<ConstructorParameters<typeof v1.FirestoreClient>[0]>

/** No TLS and no credentials, so that nothing looks for Google's metadata server. */
function emulatorSettings(host: string, { grpc, googleAuthLibrary }: Gax): ClientSettings {
  const { hostname, port } = new URL(`http://${host}`)
  return {
    servicePath: hostname,
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
    authClient: new googleAuthLibrary.PassThroughClient(),
  }
}

interface CancellableStream extends NodeJS.ReadableStream {
  cancel(): void
}

/** All messages of a server stream; ends with DEADLINE_EXCEEDED when it stays silent for too long. */
async function collect<Message>(stream: CancellableStream, silenceMs: number): Promise<Message[]> {
  return new Promise((resolve, reject) => {
    const messages: Message[] = []
    const timer = setTimeout(() => {
      reject(Object.assign(new Error(`No answer for ${silenceMs} ms.`), { code: Status.deadlineExceeded }))
      stream.cancel()
    }, silenceMs)
    stream.on('data', (message: Message) => {
      messages.push(message)
      timer.refresh()
    })
    // Stays attached: cancelling makes the stream report an error of its own.
    stream.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    stream.on('end', () => {
      clearTimeout(timer)
      resolve(messages)
    })
  })
}
