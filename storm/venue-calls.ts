/** Calls of the venues' process: what a storm asks of a simulated venue, and its typed client. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { endWithUs } from '#embedded/end-with-us.ts'
import type { SimulatedVenue } from '#simulators/venue/simulated-venue.ts'

export type VenueName = SimulatedVenue['venue']
type Method = 'now' | 'advance' | 'mark' | 'setMark' | 'tripStop' | 'dropSockets' | 'silenceNextOrder' | 'truth'

/** One call of one venue. */
export interface HostCall {
  readonly id: number
  readonly venue: VenueName
  readonly method: Method
  readonly args: readonly unknown[]
}

/** Its answer; `error` is the venue's refusal. */
export type HostAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }

/** The first message: the venues listen. */
export interface HostReport {
  readonly urls: Readonly<Record<VenueName, string>>
}

/** A simulated venue in another process: the same methods, each answered later. */
export type RemoteVenue = {
  readonly [M in Method]: (...args: Parameters<SimulatedVenue[M]>) => Promise<Awaited<ReturnType<SimulatedVenue[M]>>>
} & { readonly venue: VenueName; readonly url: string }

export interface VenueHost {
  readonly venues: Readonly<Record<VenueName, RemoteVenue>>
  stop(): Promise<void>
}

const METHODS: readonly Method[] = [
  'now',
  'advance',
  'mark',
  'setMark',
  'tripStop',
  'dropSockets',
  'silenceNextOrder',
  'truth',
]

/** Starts the venues' process. @throws when it ends before its venues listen */
export async function startVenueHost(seed: number, offsetMs: number): Promise<VenueHost> {
  const child = fork(join(import.meta.dirname, 'venue-host.ts'), [String(seed), String(offsetMs)])
  endWithUs(child, 'SIGKILL')
  const exited = once(child, 'exit')
  const ended = exited.then(([code]) => {
    throw new Error(`Expected the venues to run, saw their process end with ${String(code)}.`)
  })
  ended.catch(() => undefined)
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [HostReport]
  const open = new Map<number, (answer: HostAnswer) => void>()
  child.on('message', (message) => {
    const answer = message as HostAnswer
    open.get(answer.id)?.(answer)
    open.delete(answer.id)
  })
  let calls = 0
  const call = async (venue: VenueName, method: Method, args: readonly unknown[]): Promise<unknown> => {
    const id = ++calls
    const { promise, resolve } = Promise.withResolvers<HostAnswer>()
    open.set(id, resolve)
    child.send({ id, venue, method, args } satisfies HostCall)
    const answer = await Promise.race([promise, ended])
    if ('error' in answer) throw new Error(`${venue}.${method}: ${answer.error}`)
    return answer.result
  }
  const remote = (venue: VenueName): RemoteVenue => {
    const methods = METHODS.map((method) => [method, (...args: unknown[]) => call(venue, method, args)] as const)
    return { ...(Object.fromEntries(methods) as Omit<RemoteVenue, 'venue' | 'url'>), venue, url: report.urls[venue] }
  }
  return {
    venues: { hyperliquid: remote('hyperliquid'), bybit: remote('bybit'), projectx: remote('projectx') },
    async stop() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
