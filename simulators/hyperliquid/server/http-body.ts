/** Reads and checks a request body the way the venue does: content type first, then JSON. */
import type { Reply } from '#simulators/venue/reply.ts'
import { bodyText, isJsonType, jsonOf } from '#simulators/venue/request-body.ts'
import { NOT_JSON, NOT_JSON_TYPE } from './reply.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'

/** A body read: the JSON value, or the venue's refusal of it. */
export type BodyResult = { readonly json: unknown } | { readonly refusal: Reply }

/** Reads a request's JSON body. Rejects when the client goes away before the end. */
export async function readJsonBody(request: VenueRequest): Promise<BodyResult> {
  const text = await bodyText(request)
  if (!isJsonType(request)) return { refusal: NOT_JSON_TYPE }
  const json = jsonOf(text)
  return json === undefined ? { refusal: NOT_JSON } : { json }
}
