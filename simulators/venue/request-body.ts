/** Reads what clients send; what a wrong body means is each venue's own. */
import type { VenueRequest } from './venue-request.ts'

const JSON_TYPE = /^application\/(?:[^\s;]+\+)?json\s*(?:;|$)/i

/** The body of a request as text. Rejects when the client goes away before the end. */
export async function bodyText(request: VenueRequest): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** Whether a request says that its body is JSON. */
export function isJsonType(request: VenueRequest): boolean {
  return JSON_TYPE.test(request.headers['content-type'] ?? '')
}

/** JSON of a text; undefined when it is none: the caller says what that means. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Which byte was wrong is of no interest: no venue tells.
    return undefined
  }
}
