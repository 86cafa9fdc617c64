/** The simulated venues of a world, served without sockets, each with a machine and a clock of its own. */
import { Buffer } from 'node:buffer'
import { startBybitVenue } from '#simulators/bybit/server/venue-server.ts'
import { faultRule as bybitRule } from '#simulators/bybit/faults/fault.ts'
import { simulatedBybit } from '#simulators/bybit/simulated-bybit.ts'
import { faultRule as hyperliquidRule } from '#simulators/hyperliquid/faults/fault.ts'
import { startHyperliquidVenue } from '#simulators/hyperliquid/server/venue-server.ts'
import { simulatedHyperliquid } from '#simulators/hyperliquid/simulated-hyperliquid.ts'
import { faultRule as projectxRule } from '#simulators/projectx/faults/fault.ts'
import { startProjectXVenue } from '#simulators/projectx/server/venue-server.ts'
import { simulatedProjectX } from '#simulators/projectx/simulated-projectx.ts'
import type { SimulatedVenue } from '#simulators/venue/simulated-venue.ts'
import { Actor } from '#simulation/kernel/actor.ts'
import type { Internet } from '#simulation/transport/internet.ts'
import { faultRules } from '#storm/venue-faults.ts'

export type VenueName = SimulatedVenue['venue']

/** A venue of the world. */
export interface WorldVenue {
  readonly name: VenueName
  readonly actor: Actor
  readonly view: SimulatedVenue
  /** Scripts a fault that draws in [0, 1) pick. Answers its kind. */
  addFault(draws: readonly number[]): string
  clearFaults(): void
  /** Runs a command of its control endpoint. @throws what it refuses */
  control(command: string, args: object): Promise<unknown>
}

/** How far past the world's clock a venue's runs, ms. */
export interface VenueTerms {
  readonly seed: number
  readonly aheadMs: number
}

const LIST = { hyperliquid: openHyperliquid, bybit: openBybit, projectx: openProjectX } as const

export async function openVenue(name: VenueName, terms: VenueTerms, internet: Internet): Promise<WorldVenue> {
  const actor = new Actor(name)
  const { rules, ...opened } = await LIST[name](terms, internet, actor)
  return {
    name,
    actor,
    ...opened,
    addFault(draws) {
      return rules(faultRules(draws))
    },
    control: (command, args) => runControl(internet, name, command, args),
  }
}

const common = ({ seed, aheadMs }: VenueTerms) =>
  ({ seed, clock: { kind: 'real', offsetMs: aheadMs }, rateLimits: Infinity }) as const

async function openHyperliquid(terms: VenueTerms, internet: Internet, actor: Actor) {
  const running = await startHyperliquidVenue(
    { ...common(terms), network: 'testnet' },
    internet.listenAt('hyperliquid', actor),
  )
  return {
    view: simulatedHyperliquid(running),
    rules: ({ hyperliquid }: ReturnType<typeof faultRules>) => {
      running.faults.add(hyperliquidRule.parse(hyperliquid))
      return hyperliquid.fault.kind
    },
    clearFaults: () => running.faults.clear(),
  }
}

async function openBybit(terms: VenueTerms, internet: Internet, actor: Actor) {
  const running = await startBybitVenue({ ...common(terms), env: 'demo' }, internet.listenAt('bybit', actor))
  return {
    view: simulatedBybit(running),
    rules: ({ bybit }: ReturnType<typeof faultRules>) => {
      running.faults.add(bybitRule.parse(bybit))
      return bybit.fault.kind
    },
    clearFaults: () => running.faults.clear(),
  }
}

async function openProjectX(terms: VenueTerms, internet: Internet, actor: Actor) {
  const running = await startProjectXVenue(common(terms), internet.listenAt('projectx', actor))
  return {
    view: simulatedProjectX(running),
    rules: ({ projectx }: ReturnType<typeof faultRules>) => {
      running.faults.add(projectxRule.parse(projectx))
      return projectx.fault.kind
    },
    clearFaults: () => running.faults.clear(),
  }
}

async function runControl(internet: Internet, name: VenueName, command: string, args: object): Promise<unknown> {
  const { venue } = internet.host(`http://${name}`)
  const outcome = await venue.http.answer({
    method: 'POST',
    url: `/control/${command}`,
    headers: { 'content-type': 'application/json' },
    socket: { remoteAddress: 'world' },
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(JSON.stringify(args))
    },
  })
  if (typeof outcome === 'string') throw new Error(`${name} ${command}: expected an answer, saw ${outcome}.`)
  const answer = JSON.parse(outcome.reply.body) as { readonly ok?: unknown; readonly error?: string }
  if (outcome.reply.status !== 200) throw new Error(`${name} ${command}: ${answer.error ?? outcome.reply.body}`)
  return answer.ok
}
