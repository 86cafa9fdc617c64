/**
 * Bodies of requests: JSON only, well-formed UTF-8, no key twice, no `__proto__`. The bytes are kept beside it, since signatures are over them. A key
 * twice is refused because whoever checked the body on its way here may have read the other one.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError } from './http-error.ts'

const bytes = new WeakMap<FastifyRequest, Buffer>()

/** The body as it came; empty when there was none. */
export function bodyBytesOf(request: FastifyRequest): Buffer {
  return bytes.get(request) ?? Buffer.alloc(0)
}

/** Makes JSON the only body that a server takes. */
export function acceptJsonOnly(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const raw = Buffer.from(body)
    bytes.set(request, raw)
    const text = utf8Of(raw)
    if (text === null) return done(new HttpError('invalid', 'Expected a body in UTF-8, saw other bytes.'))
    void parse(request, text, (error, value) => {
      if (error !== null) return done(error)
      const at = repeatedKey(text)
      if (at === null) return done(null, value)
      // Its place and not its name: people put secrets where they do not belong, and answers do not repeat them.
      done(new HttpError('invalid', `Expected every key of the body once, saw one again at character ${at}.`))
    })
  })
}

function utf8Of(raw: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw)
  } catch {
    return null
  }
}

/** Strings, and what opens, divides and closes; everything else of valid JSON says nothing about keys. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** Where an object of a valid JSON text has a key again; null when none has. */
function repeatedKey(text: string): number | null {
  /** One entry an open object or array: the keys so far, or null for an array. */
  const open: (Set<string> | null)[] = []
  let last: { readonly token: string; readonly index: number } = { token: '', index: 0 }
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const keys = open.at(-1)
      const key = JSON.parse(last.token) as string
      if (keys?.has(key)) return last.index
      keys?.add(key)
    }
    last = { token, index }
  }
  return null
}
