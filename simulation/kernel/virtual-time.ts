/**
 * Puts virtual time in the place of the machine's, for everything loaded into this process: clocks, timers, turns of the event
 * loop and randomness all come from the kernel that runs. Import it before anything else; it cannot be undone.
 */
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'
import type { Pending, Kernel } from './kernel.ts'

const realImmediate = globalThis.setImmediate
const RealDate = globalThis.Date
/** Timers of a real machine fire a little late, each by another time. */
const LATE_MS = 0.4

let kernel: Kernel | null = null

/** Runs a world to its end under its own time. */
export async function inVirtualTime<T>(world: Kernel, run: () => Promise<T>): Promise<T> {
  if (kernel !== null) throw new Error('Expected one simulated world at a time, saw a second one.')
  kernel = world
  try {
    return await run()
  } finally {
    kernel = null
  }
}

/** Resolves when all that JavaScript can do by itself has been done. */
export function atRest(): Promise<void> {
  return new Promise((resolve) => void realImmediate(resolve))
}

function running(): Kernel {
  if (kernel === null) throw new Error('Expected a simulated world to run, saw a timer or clock used outside of one.')
  return kernel
}

/** What the clock of the running actor shows, ms. */
function clock(): number {
  if (kernel === null) return RealDate.now()
  return Math.floor(kernel.now + kernel.current.skewMs)
}

/** A timer of the actor that set it. */
class VirtualTimer {
  readonly #kernel = running()
  readonly #actor = this.#kernel.current
  readonly #fire: () => void
  readonly #waitMs: () => number
  readonly #repeats: boolean
  #pending: Pending | null = null

  constructor(fire: () => void, waitMs: () => number, repeats: boolean) {
    this.#fire = fire
    this.#waitMs = waitMs
    this.#repeats = repeats
    this.refresh()
  }

  refresh(): this {
    this.#pending?.cancel()
    this.#pending = this.#kernel.post(this.#actor, this.#waitMs(), 'timer', () => {
      this.#pending = null
      if (this.#repeats) this.refresh()
      this.#fire()
    })
    return this
  }

  cancel(): void {
    this.#pending?.cancel()
    this.#pending = null
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return this.#pending !== null
  }

  close(): this {
    this.cancel()
    return this
  }

  [Symbol.dispose](): void {
    this.cancel()
  }
}

type Callback = (...args: unknown[]) => void

/** Node takes anything that is no time for 1 ms. */
function lateAfter(ms: number): () => number {
  const whole = Number.isFinite(ms) ? Math.max(1, ms) : 1
  return () => whole + running().random() * LATE_MS
}

function setTimer(callback: Callback, ms = 1, ...args: unknown[]): VirtualTimer {
  return new VirtualTimer(() => callback(...args), lateAfter(ms), false)
}

function setRepeatingTimer(callback: Callback, ms = 1, ...args: unknown[]): VirtualTimer {
  return new VirtualTimer(() => callback(...args), lateAfter(ms), true)
}

function setTurn(callback: Callback, ...args: unknown[]): VirtualTimer {
  return new VirtualTimer(
    () => callback(...args),
    () => 0,
    false,
  )
}

function clearTimer(timer: unknown): void {
  if (timer !== null && typeof timer === 'object' && 'cancel' in timer) (timer as VirtualTimer).cancel()
}

interface WaitOptions {
  readonly signal?: AbortSignal
}

/** `timers/promises`: rejects with the signal's reason when it aborts first. */
function wait<T>(begin: (done: () => void) => VirtualTimer, value: T, { signal }: WaitOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortError(signal))
      return
    }
    const onAbort = (): void => {
      timer.cancel()
      reject(abortError(signal as AbortSignal))
    }
    const timer = begin(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve(value)
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function abortError(signal: AbortSignal): Error {
  return Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  })
}

function randomByte(): number {
  return Math.floor(running().random() * 256)
}

function seededBytes(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, randomByte))
}

function seededUuid(): `${string}-${string}-${string}-${string}-${string}` {
  const hex = seededBytes(16).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

class VirtualDate extends RealDate {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) super(clock())
    else super(...(args as [number]))
  }

  static override now(): number {
    return clock()
  }
}

const realRandom = Math.random

Object.assign(globalThis, {
  Date: VirtualDate,
  setTimeout: setTimer,
  setInterval: setRepeatingTimer,
  setImmediate: setTurn,
  clearTimeout: clearTimer,
  clearInterval: clearTimer,
  clearImmediate: clearTimer,
})
Math.random = () => (kernel === null ? realRandom() : kernel.random())
performance.now = () => (kernel === null ? RealDate.now() : kernel.now)
Object.assign(timersPromises, {
  setTimeout: (ms?: number, value?: unknown, options?: WaitOptions) =>
    wait((done) => setTimer(done, ms ?? 1), value, options),
  setImmediate: (value?: unknown, options?: WaitOptions) => wait((done) => setTurn(done), value, options),
})
Object.assign(crypto, { randomBytes: seededBytes, randomUUID: seededUuid })
syncBuiltinESMExports()
