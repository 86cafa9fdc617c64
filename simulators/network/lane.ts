/** One direction of a proxied connection: chunks and the end of the stream, passed on in the order of their arrival. */
import type { Socket } from 'node:net'
import { resetSocket } from './reset-socket.ts'

/** More than this is left to the kernel and, by its window, to the sender; bytes. */
const BUFFER_MAX = 256 * 1024

/** Passes on what one socket receives to another, when it is due and not held. */
export interface Lane {
  /** Passes on what is due; to be called whenever a hold may have ended. */
  flush(): void
  heldBytes(): number
}

export interface LaneOptions {
  readonly from: Socket
  readonly to: Socket
  /** Latency of what arrives now, ms. */
  readonly latencyMs: () => number
  readonly isHeld: () => boolean
}

interface Parcel {
  readonly bytes: number
  /** On the monotonic clock, ms. */
  readonly dueAt: number
  deliver(): void
}

/** Opens it; it lives as long as its sockets and keeps no timer after them. */
export function openLane({ from, to, latencyMs, isHeld }: LaneOptions): Lane {
  let parcels: Parcel[] = []
  let timer: NodeJS.Timeout | undefined
  const heldBytes = (): number => parcels.reduce((sum, { bytes }) => sum + bytes, 0)

  const flush = (): void => {
    clearTimeout(timer)
    for (let next = parcels[0]; next !== undefined; next = parcels[0]) {
      // A slow reader wakes this again with 'drain', the end of a hold does by its own call.
      if (isHeld() || to.writableNeedDrain || to.destroyed) return
      const earlyMs = next.dueAt - performance.now()
      if (earlyMs > 0) {
        timer = setTimeout(flush, earlyMs)
        return
      }
      parcels.shift()
      next.deliver()
    }
    from.resume()
  }
  const add = (bytes: number, deliver: () => void): void => {
    parcels.push({ bytes, dueAt: performance.now() + latencyMs(), deliver })
    if (heldBytes() > BUFFER_MAX) from.pause()
    flush()
  }

  from.on('data', (chunk: Buffer) => add(chunk.length, () => to.write(chunk)))
  from.on('end', () => add(0, () => to.end()))
  from.on('error', () => from.destroy())
  from.on('close', () => {
    // One that ended both ways has said so already; any other end is news for the other side, and no sooner than its bytes.
    if (!from.readableEnded || !from.writableFinished) add(0, () => resetSocket(to))
  })
  to.on('drain', flush)
  to.on('close', () => {
    clearTimeout(timer)
    parcels = []
  })
  return { flush, heldBytes }
}
