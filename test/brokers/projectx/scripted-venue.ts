/** A venue of canned answers: for words and forms that no well-behaved simulator says. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import { openHttpClient } from '#brokers/http-request.ts'
import { openProjectXBroker } from '#brokers/projectx/projectx-broker.ts'
import { RequestWindow } from '#brokers/projectx/request-window.ts'
import { VenueSession } from '#brokers/projectx/session.ts'
import { Secret } from '#config/secret.ts'

/** A request as received. */
export interface Asked {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly token: string | undefined
}

/** What is answered: the fields of a body of success, or a status and a body. */
export type Canned = Readonly<Record<string, unknown>> | { readonly status: number; readonly text: string }
/** Answers by path; a function sees the request. */
export type Answers = Readonly<Record<string, Canned | ((asked: Asked) => Canned)>>

export const ACCOUNT = { id: 7, name: 'PRAC-V2-1', balance: 50000, canTrade: true, isVisible: true, simulated: true }
export const NQ = {
  id: 'CON.F.US.ENQ.Z26',
  name: 'NQZ6',
  description: 'E-mini NASDAQ-100: December 2026',
  tickSize: 0.25,
  tickValue: 5,
  activeContract: true,
  symbolId: 'F.US.ENQ',
}
/** 2026-09-30 10:00 in Chicago. */
export const NOW: number = Date.parse('2026-09-30T15:00:00Z')

const USUAL: Answers = {
  '/api/Auth/loginKey': { token: 'token-1' },
  '/api/Account/search': { accounts: [ACCOUNT] },
  '/api/Contract/available': { contracts: [NQ] },
  '/api/Position/searchOpen': { positions: [] },
  '/api/Trade/search': { trades: [] },
}

/** Serves the answers; `asked` collects the requests. Numbers go out as JSON.stringify writes them. */
export async function serveAnswers(
  t: TestContext,
  answers: Answers,
): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const one: Asked = {
        path: request.url ?? '',
        body: (text === '' ? {} : JSON.parse(text)) as Asked['body'],
        token: request.headers.authorization,
      }
      asked.push(one)
      const canned = { ...USUAL, ...answers }[one.path] ?? { status: 404, text: '' }
      const answer = typeof canned === 'function' ? canned(one) : canned
      if ('status' in answer && 'text' in answer) {
        response.writeHead(answer.status as number).end(answer.text)
        return
      }
      const body = { success: true, errorCode: 0, errorMessage: null, ...answer }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** Opens a broker on canned answers. */
export async function openScriptedVenue(
  t: TestContext,
  answers: Answers,
): Promise<{ readonly broker: Broker; readonly asked: readonly Asked[] }> {
  const { url, asked } = await serveAnswers(t, answers)
  const broker = await openProjectXBroker({
    account: 'px-test',
    userName: 'user',
    apiKey: new Secret('key'),
    accountId: ACCOUNT.id,
    baseUrl: url,
    rtcUrl: null,
    clock: () => NOW,
    requestsPerMinute: 1_000_000,
    barsPer30s: 1_000_000,
    resolver: { lookups: 2, spanMs: 2 },
  })
  t.after(() => broker.close())
  return { broker, asked }
}

/** Opens a session on canned answers, whose clock is `clock`. */
export async function openScriptedSession(
  t: TestContext,
  answers: Answers,
  clock: () => number = () => NOW,
): Promise<{ readonly session: VenueSession; readonly asked: Asked[] }> {
  const { url, asked } = await serveAnswers(t, answers)
  const window = (): RequestWindow =>
    new RequestWindow({ requests: 1_000, windowMs: 1_000, reserve: 0, clock: () => performance.now() })
  const session = new VenueSession(openHttpClient(url), {
    login: { userName: 'user', apiKey: new Secret('key') },
    timeouts: { readMs: 5_000, sendMs: 5_000, budgetMs: 100 },
    general: window(),
    bars: window(),
    clock,
  })
  t.after(() => session.close())
  return { session, asked }
}
