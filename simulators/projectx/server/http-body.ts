/** Reads a request's JSON body; no body at all is an empty object, as Auth/validate is called. */
import { bodyText, isJsonType, jsonOf } from '#simulators/venue/request-body.ts'
import type { VenueRequest } from '#simulators/venue/venue-request.ts'

/** A body read: the JSON value, or what is wrong with it. */
export type BodyResult = { readonly json: unknown } | { readonly refusal: 'not-json' | 'not-json-type' }

/** Reads a body. Rejects when the client goes away before the end. */
export async function readBody(request: VenueRequest): Promise<BodyResult> {
  const text = await bodyText(request)
  if (text === '') return { json: {} }
  if (!isJsonType(request)) return { refusal: 'not-json-type' }
  const json = jsonOf(text)
  return json === undefined ? { refusal: 'not-json' } : { json }
}
