/** The SignalR JSON protocol, as much of it as the hubs speak (reference C5): records end in 0x1e. */
import { encodeJson } from './json.ts'

const RECORD_END = '\u001E'
const TYPE = { invocation: 1, completion: 3, ping: 6, close: 7 } as const

/** What a client sends after its handshake. */
export type ClientMessage =
  | { readonly kind: 'invoke'; readonly target: string; readonly arguments: readonly unknown[]; readonly id?: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'close' }
  | { readonly kind: 'unknown' }

/** Splits a frame into records. A frame always ends with a whole one: browsers and Node send no partial text. */
export function recordsOf(frame: string): readonly string[] {
  return frame.split(RECORD_END).filter((record) => record !== '')
}

/** Whether the first record asks for the JSON protocol. */
export function isJsonHandshake(record: string): boolean {
  const value = parse(record)
  return value?.['protocol'] === 'json' && value['version'] === 1
}

/** Reads one record. */
export function parseMessage(record: string): ClientMessage {
  const value = parse(record)
  switch (value?.['type']) {
    case TYPE.ping:
      return { kind: 'ping' }
    case TYPE.close:
      return { kind: 'close' }
    case TYPE.invocation: {
      const { target, arguments: list, invocationId: id } = value
      if (typeof target !== 'string') return { kind: 'unknown' }
      const args = Array.isArray(list) ? (list as unknown[]) : []
      return { kind: 'invoke', target, arguments: args, ...(typeof id === 'string' ? { id } : {}) }
    }
    default:
      return { kind: 'unknown' }
  }
}

/** The server's half of the handshake; with an error the connection ends. */
export function handshakeRecord(error?: string): string {
  return framed({ error })
}

export function eventRecord(target: string, args: readonly unknown[]): string {
  return framed({ type: TYPE.invocation, target, arguments: args })
}

/** The answer to an invocation: null, as the hubs return nothing, or an error. */
export function completionRecord(invocationId: string, error?: string): string {
  return framed({ type: TYPE.completion, invocationId, ...(error === undefined ? { result: null } : { error }) })
}

export function pingRecord(): string {
  return framed({ type: TYPE.ping })
}

export function closeRecord(error: string): string {
  return framed({ type: TYPE.close, error, allowReconnect: true })
}

function framed(value: object): string {
  return encodeJson(value) + RECORD_END
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    // What is no JSON is no message of the protocol; the caller says so.
    return undefined
  }
}
