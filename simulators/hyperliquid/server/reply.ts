/** What this venue answers over HTTP when it refuses a request before looking at it, in the venue's own words. */
import { jsonReply, type Reply, textReply } from '#simulators/venue/reply.ts'

/** The body was no JSON (section 1.4). */
export const NOT_JSON: Reply = textReply(400, 'Failed to parse the request body as JSON')
/** The JSON did not fit any request the venue knows (section 1.4). */
export const NOT_UNDERSTOOD: Reply = textReply(422, 'Failed to deserialize the JSON body into the target type')
/** The content type was not JSON (section 1.4). */
export const NOT_JSON_TYPE: Reply = textReply(415, 'Expected request with `Content-Type: application/json`')
/** Over the address's or machine's weight (sections 1.4 and 6). */
export const RATE_LIMITED: Reply = jsonReply(null, 429)
/** The venue failed on the request (section 1.4). */
export const VENUE_ERROR: Reply = jsonReply(null, 500)
/** No such path. */
export const NOT_FOUND: Reply = textReply(404, 'Not Found')
/** Wrong method. */
export const METHOD_NOT_ALLOWED: Reply = textReply(405, 'Method Not Allowed')
