/** A venue that runs for one test, with an account, and the thin client that a test trades with. */
import type { TestContext } from 'node:test'
import { controlProjectX, type ProjectXControl } from '#simulators/projectx/control/client.ts'
import {
  type ProjectXVenueOptions,
  type RunningVenue,
  startProjectXVenue,
} from '#simulators/projectx/server/venue-server.ts'
import { type BeforeStop, stopAfterTest } from '#test/simulators/stop-after-test.ts'

/** Tuesday 2026-01-06, 9:00 in Chicago. */
export const START = Date.UTC(2026, 0, 6, 15)
export const NQ = 'CON.F.US.ENQ.H26'
export const ES = 'CON.F.US.EP.H26'
export const USER = 'trader'
export const KEY = 'the key'
export const NAME = 'PRAC-V2-1'

/** What came back over HTTP. */
export interface Answer {
  readonly status: number
  readonly text: string
  /** The body; empty for one that is no JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A running venue with a signed-in client of its one account. */
export interface TestVenue extends RunningVenue {
  readonly control: ProjectXControl
  readonly account: number
  readonly token: string
  /** Posts JSON (a text as it is) with the client's token, or another, or none when it is empty. */
  post(path: string, body: unknown, token?: string): Promise<Answer>
  /** A market buy of one NQ unless words say otherwise. */
  place(words?: object): Promise<Answer>
  /** Registers what to close before the venue stops, so that no client tries to reconnect. */
  readonly beforeStop: BeforeStop
}

/** Starts a venue under a manual clock in which everything trades at the last price; stops it after the test. */
export async function runVenue(context: TestContext, options: ProjectXVenueOptions = {}): Promise<TestVenue> {
  const venue = await startProjectXVenue({
    clock: { kind: 'manual', start: START },
    ...options,
    engine: { liquidity: { halfSpreadTicks: 0 }, ...options.engine },
  })
  const beforeStop = stopAfterTest(context, venue)
  const control = controlProjectX(venue.url)
  const { id: account } = await control.call('createAccount', { name: NAME, userName: USER, apiKey: KEY })
  const token = venue.sessions.issue(USER)
  const post: TestVenue['post'] = async (path, body, as = token) => {
    const response = await fetch(venue.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(as === '' ? {} : { authorization: `Bearer ${as}` }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as object) : {} } as Answer
  }
  const place: TestVenue['place'] = (words = {}) =>
    post('/api/Order/place', { accountId: account, contractId: NQ, type: 2, side: 0, size: 1, ...words })
  return { ...venue, control, account, token, post, place, beforeStop }
}

/** The rows of a list answer. */
export function rowsOf(answer: Answer, key: string): readonly Readonly<Record<string, unknown>>[] {
  return answer.body[key] as readonly Readonly<Record<string, unknown>>[]
}

/** The id that a placement came back with. */
export function orderIdOf(answer: Answer): number {
  return answer.body['orderId'] as number
}
