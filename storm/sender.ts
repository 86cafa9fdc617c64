/** The compute plane of a storm: sends signals at a steady rate over HTTP and repeats each until it is acknowledged. */
import { setTimeout as delay } from 'node:timers/promises'
import { seeded } from '#demo/prices.ts'
import { type TruebookClient, createTruebookClient } from '#client/client.ts'
import type { SignalInput } from '#domain/signal.ts'
import { INSTRUMENTS } from './accounts.ts'
import type { SentSignal } from './evidence.ts'
import { pick } from './plan.ts'

const SOURCE = 'storm'
/** Smaller sizes that `adjust` reduces to, contracts. */
const REDUCED: Readonly<Record<string, string>> = {
  'BTC-PERP': '0.02',
  'ETH-PERP': '0.6',
  'SOL-PERP': '11',
  'XRP-PERP': '1000',
  MNQ: '1',
  MES: '1',
}

export interface SenderOptions {
  /** Address of the API, through whatever stands between. */
  readonly url: string
  readonly token: string
  readonly seed: number
  readonly perSecond: number
  readonly now: () => number
}

type Strategy = keyof typeof INSTRUMENTS
type Wish = SignalInput extends infer S
  ? S extends unknown
    ? Omit<S, 'signal_id' | 'source' | 'strategy' | 'ts'>
    : never
  : never

/** Sends until stopped; then still repeats what was not acknowledged. */
export class Sender {
  readonly #options: SenderOptions
  readonly #client: TruebookClient
  readonly #random: () => number
  readonly #sent: { signal: SignalInput; acknowledged: SentSignal['acknowledged'] }[] = []
  readonly #open = new Set<Promise<void>>()
  /** What was asked last of an instrument. */
  readonly #last = new Map<string, 'open' | 'close'>()
  #stopped = false
  readonly #running: Promise<void>

  constructor(options: SenderOptions) {
    this.#options = options
    this.#random = seeded(options.seed)
    // More tries than fit into a storm: a sender gives up only when the storm is over.
    this.#client = createTruebookClient({ url: options.url, token: options.token, attempts: 10_000, timeoutMs: 3_000 })
    this.#running = this.#run()
  }

  get sent(): readonly SentSignal[] {
    return this.#sent
  }

  /** Stops making signals; resolves when each has been acknowledged, or after `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopped = true
    await this.#running
    await Promise.race([Promise.all(this.#open), delay(patienceMs, undefined, { ref: false })])
  }

  /** Sends one signal now. */
  async send(strategy: Strategy, wish: Wish): Promise<void> {
    const signal: SignalInput = {
      ...wish,
      signal_id: `storm-${this.#options.seed}-${this.#sent.length + 1}`,
      source: SOURCE,
      strategy,
      ts: this.#options.now(),
    }
    const record = { signal, acknowledged: null as SentSignal['acknowledged'] }
    this.#sent.push(record)
    const answer = await this.#client.sendSignal(signal)
    record.acknowledged = {
      signalKey: answer.signal_key,
      accounts: answer.accounts.map(({ account }) => account),
    }
  }

  /** Delivers every signal once more; answers those that were not taken as a repeat. */
  async repeatAll(): Promise<string[]> {
    const wrong: string[] = []
    for (const { signal } of this.#sent) {
      const answer = await this.#client.sendSignal(signal)
      if (!answer.repeated) wrong.push(`signal ${signal.signal_id} was accepted a second time`)
    }
    return wrong
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const { strategy, wish } = this.#next()
      const sending = this.send(strategy, wish).catch(() => undefined)
      this.#open.add(sending)
      void sending.then(() => this.#open.delete(sending))
      await delay((1_000 / this.#options.perSecond) * (0.5 + this.#random()))
    }
  }

  #next(): { strategy: Strategy; wish: Wish } {
    const random = this.#random
    const strategy: Strategy = random() < 0.65 ? 'coins' : 'index'
    const instrument: string = pick(INSTRUMENTS[strategy], random()) ?? ''
    const held = this.#last.get(instrument) === 'open'
    const chance = random()
    if (!held || chance < 0.15) {
      this.#last.set(instrument, 'open')
      return { strategy, wish: this.#entry('open', strategy, instrument) }
    }
    if (chance < 0.3) return { strategy, wish: this.#entry('reverse', strategy, instrument) }
    if (chance < 0.55) return { strategy, wish: this.#adjust(strategy, instrument) }
    this.#last.set(instrument, 'close')
    return { strategy, wish: { kind: 'close', instrument } }
  }

  #entry(kind: 'open' | 'reverse', strategy: Strategy, instrument: string): Wish {
    const random = this.#random
    const scale = strategy === 'coins' ? 1 : 0.25
    // Now and then more than a gate allows.
    const size =
      strategy === 'coins'
        ? { type: 'notional_usd' as const, value: random() < 0.1 ? '7000' : '5000' }
        : { type: 'contracts' as const, value: String(1 + Math.floor(random() * 4)) }
    const trails = random() < 0.2
    return {
      kind,
      instrument,
      side: random() < 0.5 ? 'long' : 'short',
      size,
      ...(random() < 0.9 && { stop_loss: { distance_bps: Math.round((100 + 200 * random()) * scale) } }),
      ...(random() < 0.3 && { take_profit: { distance_bps: Math.round((80 + 200 * random()) * scale) } }),
      ...(trails && { trail: { distance_bps: 120 * scale, activate_bps: 30 * scale } }),
      ...(random() < 0.2 && { max_hold_ms: 5_000 + Math.round(20_000 * random()) }),
    }
  }

  #adjust(strategy: Strategy, instrument: string): Wish {
    const random = this.#random
    const scale = strategy === 'coins' ? 1 : 0.25
    if (random() < 0.4) return { kind: 'adjust', instrument, reduce_to: REDUCED[instrument] ?? '1' }
    return {
      kind: 'adjust',
      instrument,
      stop_loss: { distance_bps: Math.round((120 + 200 * random()) * scale) },
      ...(random() < 0.5 && { take_profit: { distance_bps: Math.round((100 + 200 * random()) * scale) } }),
    }
  }
}
