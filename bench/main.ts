/**
 * `npm run bench`: what a signal costs, each figure beside a yardstick measured in the same run on the same machine. Absolute
 * numbers depend on the machine; quote the ratios. `npm run bench -- help` measures only what the command line costs.
 */
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import type { PositionId } from '#domain/ids.ts'
import { request } from 'undici'
import { openBareChain } from './bare-chain.ts'
import { helpCpu } from './command-cpu.ts'
import { type Rig, openRig } from './rig.ts'
import { quantile } from './statistics.ts'
import { nextSent, takeSent } from './wire-tap.ts'

const CONCURRENT = 32
const LIVES = 400
const BARE_CHAINS = 4000
const LATENCY_SAMPLES = 200

async function main(): Promise<void> {
  if (process.argv[2] === 'help') return printTable([helpRow()])
  await using rig = await openRig(CONCURRENT)
  const redis = new Redis(rig.redis.url)
  await lives(rig, 'warm', CONCURRENT * 2)
  const bare = await bareRate(rig)
  const whole = await lives(rig, 'life', LIVES)
  const counts = await countsOf(rig, redis)
  const wire = await wireLatency(rig)
  const yardstick = await bareWireLatency(rig)
  await redis.quit()
  print({ bare, whole, counts, wire, yardstick })
}

/** Lives a second: signal accepted -> entry filled, stop at the venue -> close signal -> flat, PnL booked. */
async function lives(rig: Rig, tag: string, count: number): Promise<number> {
  const startedAt = performance.now()
  let next = 0
  await Promise.all(
    rig.coins.slice(0, CONCURRENT).map(async (coin) => {
      while (next < count) await live(rig, coin, `${tag}-${next++}`)
    }),
  )
  return (count / (performance.now() - startedAt)) * 1000
}

async function live(rig: Rig, coin: string, id: string): Promise<PositionId> {
  const instrument = `${coin}-PERP`
  const position = await rig.accept({
    kind: 'open',
    signal_id: id,
    instrument,
    side: 'long',
    size: { type: 'contracts', value: '1' },
    stop_loss: { distance_bps: 500 },
  })
  await rig.until(position, 'open')
  await rig.accept({ kind: 'close', signal_id: `${id}-close`, instrument })
  await rig.until(position, 'closed')
  return position
}

async function bareRate(rig: Rig): Promise<number> {
  await using chain = await openBareChain(rig.redis.url, 6)
  await Promise.all(Array.from({ length: 500 }, async (_, index) => await chain.run(`warm-${index}`)))
  const startedAt = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: 300 }, async () => {
      while (next < BARE_CHAINS) await chain.run(`bare-${next++}`)
    }),
  )
  return (BARE_CHAINS / (performance.now() - startedAt)) * 1000
}

interface Counts {
  readonly redisCommands: number
  readonly lifeCommits: number
  readonly upkeepCommits: number
  readonly venueCalls: Readonly<Record<string, number>>
  readonly commitsBeforeWire: number
}

/** Counts of one life after the other, so that nothing is shared between two. */
async function countsOf(rig: Rig, redis: Redis): Promise<Counts> {
  const samples = 20
  const [coin = ''] = rig.coins
  await rig.rest()
  takeSent()
  await redis.config('RESETSTAT')
  const before = rig.commits()
  let beforeWire = 0
  for (let index = 0; index < samples; index++) {
    // The acceptance names no position yet; every commit that does, up to the first byte, stands in between.
    const sent = nextSent('/exchange').then(() => new Map(rig.commits().naming))
    const position = await live(rig, coin, `count-${index}`)
    beforeWire = Math.max(beforeWire, (await sent).get(position) ?? 0)
    await rig.rest()
  }
  const after = rig.commits()
  const stats = await redis.info('commandstats')
  const commands = [...stats.matchAll(/cmdstat_[^:]+:calls=(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0)
  const venueCalls: Record<string, number> = {}
  for (const { path } of takeSent())
    if (!path.startsWith('/control')) venueCalls[path] = (venueCalls[path] ?? 0) + 1 / samples
  return {
    redisCommands: commands / samples,
    lifeCommits: (after.life - before.life) / samples,
    upkeepCommits: (after.upkeep - before.upkeep) / samples,
    venueCalls,
    commitsBeforeWire: beforeWire,
  }
}

/** From the call that accepts a signal to the first byte of its order, ms, one at a time. */
async function wireLatency(rig: Rig): Promise<number[]> {
  const [coin = ''] = rig.coins
  const sample: number[] = []
  for (let index = 0; index < LATENCY_SAMPLES; index++) {
    const startedAt = performance.now()
    const sent = nextSent('/exchange')
    const life = live(rig, coin, `wire-${index}`)
    sample.push((await sent) - startedAt)
    await life
    await rig.rest()
  }
  return sample
}

/** The same through three bare queues whose last stage makes one HTTP call. */
async function bareWireLatency(rig: Rig): Promise<number[]> {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bare`
  await using chain = await openBareChain(rig.redis.url, 3, async () => {
    const { body } = await request(url, { method: 'POST', body: '{}' })
    await body.dump()
  })
  const sample: number[] = []
  for (let index = 0; index < LATENCY_SAMPLES + 20; index++) {
    const startedAt = performance.now()
    const sent = nextSent('/bare')
    const run = chain.run(`bare-wire-${index}`)
    if (index >= 20) sample.push((await sent) - startedAt)
    await run
  }
  server.closeAllConnections()
  server.close()
  return sample
}

interface Figures {
  readonly bare: number
  readonly whole: number
  readonly counts: Counts
  readonly wire: readonly number[]
  readonly yardstick: readonly number[]
}

function print({ bare, whole, counts, wire, yardstick }: Figures): void {
  const ms = (value: number): string => `${value.toFixed(1)} ms`
  const ratio = (a: number, b: number): string => (a / b).toFixed(2)
  const calls = Object.entries(counts.venueCalls).map(([path, count]) => `${count.toFixed(1)} ${path}`)
  const rows = [
    [
      'whole lives per second (two signals, two orders, a stop)',
      whole.toFixed(1),
      `bare six-queue chains per second ${bare.toFixed(0)}`,
      `1 : ${ratio(bare, whole)}`,
    ],
    [
      'signal to wire, p50',
      ms(quantile(wire, 0.5)),
      `bare three queues + HTTP ${ms(quantile(yardstick, 0.5))}`,
      `${ratio(quantile(wire, 0.5), quantile(yardstick, 0.5))} : 1`,
    ],
    [
      'signal to wire, p99',
      ms(quantile(wire, 0.99)),
      `bare three queues + HTTP ${ms(quantile(yardstick, 0.99))}`,
      `${ratio(quantile(wire, 0.99), quantile(yardstick, 0.99))} : 1`,
    ],
    ['durable commits between acceptance and first byte', String(counts.commitsBeforeWire), 'allowed 2', ''],
    [
      'book commits per life',
      counts.lifeCommits.toFixed(1),
      `and ${counts.upkeepCommits.toFixed(1)} that only move cursors and equity`,
      '',
    ],
    ['venue calls per life', calls.join(', '), '', ''],
    ['Redis commands per life, scripts included', counts.redisCommands.toFixed(0), '', ''],
  ]
  printTable([...rows, helpRow()])
}

function helpRow(): string[] {
  const { help, bare } = helpCpu()
  const ms = (value: number): string => `${value.toFixed(0)} ms`
  return ['CPU of truebook --help', ms(help), `node that does nothing ${ms(bare)}`, `${(help / bare).toFixed(1)} : 1`]
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

await main()
