/**
 * The typed client of the compute plane. A signal's id makes sending it again harmless, so the client repeats by itself
 * after network failures and 503 or 429 answers, and never after an answer that says the signal is wrong.
 */
import { concealerOf } from '#domain/conceal.ts'
import type { SignalInput } from '#domain/signal.ts'
import type { ErrorAnswer, SignalAnswer } from '#http/wire.ts'
import { type SigningSecret, signedHeaders } from './prove.ts'
import { type ClientError, errorOfAnswer, TruebookUnavailable } from './client-errors.ts'

/** Where and as whom to send: with a token, or signing with the secret of a name. `fetch`, `pause` and `now` exist for tests. */
export interface ClientOptions {
  /** Base address, e.g. `http://127.0.0.1:8700`. */
  readonly url: string
  readonly token?: string
  readonly signing?: SigningSecret
  /** Tries for one call, the first included; default 5. */
  readonly attempts?: number
  /** Longest wait for one answer, ms; default 10 000. */
  readonly timeoutMs?: number
  readonly fetch?: typeof globalThis.fetch
  readonly pause?: (ms: number) => Promise<void>
  readonly now?: () => number
}

/** `repeated`: this very signal had been accepted before; `accounts` is its first outcome. */
export interface SentSignal extends SignalAnswer {
  readonly repeated: boolean
}

export interface TruebookClient {
  /** Sends a signal until it is durably accepted. @throws SignalInvalid, SignalConflict, NotAuthorized, TruebookUnavailable */
  sendSignal(signal: SignalInput): Promise<SentSignal>
  /** What became of a signal, per account; null when the key is unknown. @throws NotAuthorized, TruebookUnavailable */
  outcome(signalKey: string): Promise<SignalAnswer | null>
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** A client for one Truebook address. It holds no connection and needs no closing. @throws TypeError when the address is none or holds a password */
export function createTruebookClient(options: ClientOptions): TruebookClient {
  if (!URL.canParse(options.url) || new URL(options.url).password !== '') {
    // Not shown: it would be told with every failure.
    throw new TypeError(
      'Expected the address of Truebook, without a password, such as http://127.0.0.1:8700; saw another.',
    )
  }
  if ((options.token === undefined) === (options.signing === undefined)) {
    throw new TypeError('Expected either a token or a signing key for Truebook, saw both or neither.')
  }
  const call = persistentCall(options)
  return {
    async sendSignal(signal) {
      const answer = await call('POST', '/v1/signals', JSON.stringify(signal))
      if (answer.status === 202 || answer.status === 200) {
        return { ...accepted(answer), repeated: answer.status === 200 }
      }
      throw errorOfAnswer(answer.status, answer.body)
    },
    async outcome(signalKey) {
      const answer = await call('GET', `/v1/signals/${encodeURIComponent(signalKey)}`, null)
      if (answer.status === 200) return accepted(answer)
      if (answer.status === 404 && (answer.body as ErrorAnswer | null)?.error?.code === 'not_found') return null
      throw errorOfAnswer(answer.status, answer.body)
    },
  }
}

/** What Truebook says of a signal. @throws TruebookUnavailable for the good status of something else that stands at the address */
function accepted({ status, body }: Answer): SignalAnswer {
  const answer = body as Partial<SignalAnswer> | null
  if (typeof answer?.signal_key === 'string' && Array.isArray(answer.accounts)) return answer as SignalAnswer
  throw new TruebookUnavailable(
    `Expected the answer of Truebook with signal_key and accounts, saw status ${status} with another body. Is this its address? Nothing is known of the signal.`,
    status,
  )
}

/** One call with its repeats: what was not answered, or answered "later", is asked again with growing pauses. */
export function persistentCall(
  options: ClientOptions,
): (method: string, path: string, body: string | null) => Promise<Answer> {
  const { attempts = 5, pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)) } = options
  return async (method, path, body) => {
    let last: ClientError = new TruebookUnavailable('The client was told to make no attempt.', 0)
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const answer = await callOnce(options, method, path, body)
      if (!(answer instanceof Error)) {
        if (answer.status < 500 && answer.status !== 429) return answer
        last = errorOfAnswer(answer.status, answer.body)
      } else {
        // Without the cause: libraries quote the header that they refuse.
        const reason = concealerOf([options.token ?? options.signing?.secret ?? ''])(reasonOf(answer))
        last = new TruebookUnavailable(`No answer from ${options.url}: ${reason}.`, 0)
      }
      // Full jitter keeps many senders from returning in step.
      if (attempt < attempts) await pause(Math.random() * Math.min(5000, 100 * 2 ** attempt))
    }
    throw last
  }
}

async function callOnce(
  options: ClientOptions,
  method: string,
  path: string,
  body: string | null,
): Promise<Answer | Error> {
  const send = options.fetch ?? globalThis.fetch
  const address = new URL(path, options.url)
  try {
    const response = await send(address, {
      method,
      body,
      headers: {
        ...proofOf(options, { method, path: address.pathname + address.search, body }),
        accept: 'application/json',
        ...(body !== null && { 'content-type': 'application/json' }),
      },
      // A redirect would carry the token to an address nobody configured.
      redirect: 'error',
      signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
    })
    return { status: response.status, body: parsed(await response.text()) }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Signed anew for each attempt: the pauses between them may outlast a signature. */
function proofOf(
  { token, signing, now = Date.now }: ClientOptions,
  request: { readonly method: string; readonly path: string; readonly body: string | null },
): Record<string, string> {
  return signing === undefined
    ? { authorization: `Bearer ${token}` }
    : signedHeaders(signing, { ...request, at: now() })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // A proxy in between answers HTML; the status still says enough.
    return null
  }
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
