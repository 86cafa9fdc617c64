/** Sees every HTTP request of this process at the moment its first byte is written, through the client's own diagnostics. */
import { subscribe } from 'node:diagnostics_channel'

export interface Sent {
  readonly path: string
  readonly at: number
}

const sent: Sent[] = []
let listener: ((request: Sent) => void) | null = null

subscribe('undici:client:sendHeaders', (message) => {
  const { request } = message as { readonly request: { readonly path: string } }
  const entry = { path: request.path, at: performance.now() }
  sent.push(entry)
  listener?.(entry)
})

/** Requests written since the last call. */
export function takeSent(): Sent[] {
  return sent.splice(0)
}

/** Resolves when the next request to a path is written, with the time of its first byte (performance clock, ms). */
export async function nextSent(path: string): Promise<number> {
  return await new Promise((resolve) => {
    listener = (request) => {
      if (request.path !== path) return
      listener = null
      resolve(request.at)
    }
  })
}
