/** What a simulated venue answers over HTTP, before faults and sockets: a status, a body, and headers of its own. */

/** A complete HTTP answer. */
export interface Reply {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A 2xx or other JSON answer. */
export function jsonReply(value: unknown, status = 200): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify(value) }
}

/** Plain text. */
export function textReply(status: number, body: string): Reply {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}
