/** Reads and checks a request body the way the venue does: content type first, then JSON. */
import type { IncomingMessage } from 'node:http'
import { type Reply } from '#simulators/venue/reply.ts'
import { NOT_JSON, NOT_JSON_TYPE } from './reply.ts'

const JSON_TYPE = /^application\/(?:[^\s;]+\+)?json\s*(?:;|$)/i

/** A body read: the JSON value, or the venue's refusal of it. */
export type BodyResult = { readonly json: unknown } | { readonly refusal: Reply }

/** Reads a request's JSON body. Rejects when the client goes away before the end. */
export async function readJsonBody(request: IncomingMessage): Promise<BodyResult> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) return { refusal: NOT_JSON_TYPE }
  return parseJson(Buffer.concat(chunks).toString('utf8'))
}

/** Parses JSON text. */
export function parseJson(text: string): BodyResult {
  try {
    return { json: JSON.parse(text) }
  } catch {
    // Which byte was wrong is of no interest: the venue's answer is the same fixed text.
    return { refusal: NOT_JSON }
  }
}
