/** Reads a request's JSON body; no body at all is an empty object, as Auth/validate is called. */
import type { IncomingMessage } from 'node:http'

const JSON_TYPE = /^application\/(?:[^\s;]+\+)?json\s*(?:;|$)/i

/** A body read: the JSON value, or what is wrong with it. */
export type BodyResult = { readonly json: unknown } | { readonly refusal: 'not-json' | 'not-json-type' }

/** Reads a body. Rejects when the client goes away before the end. */
export async function readBody(request: IncomingMessage): Promise<BodyResult> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  if (text === '') return { json: {} }
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) return { refusal: 'not-json-type' }
  try {
    return { json: JSON.parse(text) }
  } catch {
    // Which byte was wrong is of no interest: the refusal says no more.
    return { refusal: 'not-json' }
  }
}
