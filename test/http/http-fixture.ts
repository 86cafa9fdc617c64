/** A server on a book in memory, with a queue that only remembers; every part can be replaced. */
import assert from 'node:assert/strict'
import type { LightMyRequestResponse } from 'fastify'
import { openEmbeddedBook } from '#book/embedded/open.ts'
import type { Book } from '#book/book.ts'
import type { ActionClient } from '#client/actions.ts'
import { Secret } from '#config/secret.ts'
import type { Envelope } from '#domain/message.ts'
import { createHttpServer, type HttpServer, type ServerDependencies, type ServerSettings } from '#http/server.ts'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { createOperator } from '#operate/operator.ts'
import { createLog } from '#telemetry/log.ts'
import { GATES } from '#test/domain/samples.ts'

export const SIGNAL_TOKEN = 'signal-token-of-a-test-0123456789'
export const SCOPED_TOKEN = 'scoped-token-of-a-test-0123456789'
export const OPERATOR_TOKEN = 'operator-token-of-a-test-01234567'
/** A person of the role operator; OPERATOR_TOKEN is the admin's. */
export const LESSER_TOKEN = 'lesser-token-of-a-test-0123456789'
export const VIEWER_TOKEN = 'viewer-token-of-a-test-0123456789'
/** What the sender `trend-desk` signs with, as in test/vectors/http/hmac.json. */
export const SIGNING_SECRET = 'a-shared-secret-of-the-test-vectors-0001'
export const START = 1_763_800_000_000

/** What a test sees of the server it started. */
export interface HttpFixture extends AsyncDisposable {
  readonly server: HttpServer
  readonly book: Book
  readonly enqueued: Envelope[]
  readonly logged: string[]
  /** Actions of whoever has this token. */
  actions(token: string): ActionClient
  now: number
}

/** Plain HTTP for this machine, read-only queues. */
export const SETTINGS: ServerSettings = {
  mode: 'paper',
  queuesWritable: false,
  requestsPerMinute: 1000,
  tls: null,
  behindProxy: false,
  host: '127.0.0.1',
  publicUrl: null,
}

const ACCOUNTS = [
  { account: 'alpha', strategies: ['*'] },
  { account: 'beta', strategies: ['trend'] },
]

export async function startHttp(changes: Partial<ServerDependencies> = {}): Promise<HttpFixture> {
  const book = changes.book ?? (await openEmbeddedBook({ file: ':memory:' }))
  const enqueued: Envelope[] = []
  const logged: string[] = []
  const clock = { now: START }
  const log = createLog({
    level: 'debug',
    secrets: [],
    destination: { write: (line: string) => void logged.push(line) },
  })
  const queue = { enqueue: async (envelope: Envelope) => void enqueued.push(envelope) }
  const deadJobs = changes.deadJobs ?? { list: async () => [], find: async () => null, remove: async () => false }
  const server = await createHttpServer({
    book,
    operator: createOperator({
      book,
      queue: { ...queue, ensure: async (envelope) => (enqueued.push(envelope), true), wake: async () => {} },
      deadJobs,
      accounts: ACCOUNTS.map((entry) => ({ ...entry, venue: 'hyperliquid' })),
      now: () => clock.now,
    }),
    deadJobs,
    accountIds: ACCOUNTS.map((entry) => entry.account),
    acceptSignal: (signal) =>
      acceptSignal({ book, queue, accounts: ACCOUNTS, onEnqueueFailed: () => {} }, signal, clock.now),
    readSites: async () => [{ site: null, accounts: ['alpha', 'beta'], workers: ['host-1'], unattended: [] }],
    seats: ACCOUNTS.map(({ account }) => ({ id: account, venue: 'hyperliquid', site: null, gates: GATES })),
    staleAfterMs: 60_000,
    readWork: async () => ({ dead_jobs: 0, workers: null }),
    queues: [],
    tokens: {
      operators: [
        { name: 'operator', role: 'admin', token: new Secret(OPERATOR_TOKEN) },
        { name: 'olga', role: 'operator', token: new Secret(LESSER_TOKEN) },
        { name: 'vera', role: 'viewer', token: new Secret(VIEWER_TOKEN) },
      ],
      signals: [
        { name: 'all', proof: 'bearer', token: new Secret(SIGNAL_TOKEN), strategies: ['*'] },
        { name: 'scoped', proof: 'bearer', token: new Secret(SCOPED_TOKEN), strategies: ['carry'] },
        { name: 'trend-desk', proof: 'hmac', token: new Secret(SIGNING_SECRET), strategies: ['trend'] },
      ],
    },
    log,
    ready: async () => [{ check: 'book', ok: true }],
    now: () => clock.now,
    settings: SETTINGS,
    ...changes,
  })
  return {
    server,
    book,
    enqueued,
    logged,
    actions: (token) => ({
      async send(url, payload) {
        const answer = await server.fastify.inject({ method: 'POST', url, headers: bearer(token), payload })
        return { status: answer.statusCode, body: answer.json<unknown>() }
      },
    }),
    get now() {
      return clock.now
    },
    set now(value) {
      clock.now = value
    },
    async [Symbol.asyncDispose]() {
      await server.fastify.close()
      await book.close()
    },
  }
}

/** A complete open signal; `changes` replace members. */
export function openSignal(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    kind: 'open',
    signal_id: 's-1',
    source: 'unit',
    strategy: 'trend',
    ts: START,
    instrument: 'BTC-PERP',
    side: 'long',
    size: { type: 'contracts', value: '0.5' },
    stop_loss: { distance_bps: 100 },
    ...changes,
  }
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** What a browser sends for a page of this server. */
export const OWN_PAGE = { 'sec-fetch-site': 'same-origin' }

/** A browser session: what it sends by itself, and what its pages add for changes. */
export interface BrowserSession {
  readonly cookie: { readonly cookie: string }
  readonly changing: Readonly<Record<string, string>>
}

/** Presses the button of the login page. */
export async function postLogin(
  http: HttpFixture,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = OWN_PAGE,
): Promise<LightMyRequestResponse> {
  return await http.server.fastify.inject({
    method: 'POST',
    url: '/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(form).toString(),
  })
}

/** Logs a browser in with a token or a code. */
export async function logIn(http: HttpFixture, token: string): Promise<BrowserSession> {
  const answer = await postLogin(http, { token })
  assert.equal(answer.statusCode, 303, answer.body)
  const cookie = { cookie: String(answer.headers['set-cookie']).split(';')[0]! }
  const session = await http.server.fastify.inject({ url: '/v1/session', headers: cookie })
  const { csrf } = session.json<{ csrf: string }>()
  return { cookie, changing: { ...cookie, ...OWN_PAGE, 'x-truebook-csrf': csrf } }
}

/** The code of a login link. */
export function codeOf(path: string): string {
  return new URL(path, 'http://localhost').searchParams.get('code')!
}
