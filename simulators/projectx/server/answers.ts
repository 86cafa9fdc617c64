/** Bodies and replies of the venue: business results at HTTP 200, and its refusals before that (reference C1). */
import type { Verdict } from '#simulators/projectx/engine/request.ts'
import { encodeJson } from '#simulators/projectx/wire/json.ts'
import { type Reply, textReply } from '#simulators/venue/reply.ts'
import type { z } from 'zod'

/** A body of success, with what the endpoint adds. */
export function succeeded(fields: object = {}): object {
  return { ...fields, success: true, errorCode: 0, errorMessage: null }
}

/** A body of a business failure: still HTTP 200. */
export function failed(errorCode: number, errorMessage: string | null = null, fields: object = {}): object {
  return { ...fields, success: false, errorCode, errorMessage }
}

/** The body of a verdict of the engine. */
export function verdictBody({ errorCode, errorMessage }: Verdict, fields: object = {}): object {
  return errorCode === 0 ? succeeded(fields) : failed(errorCode, errorMessage, fields)
}

/** HTTP 200 with a body in the venue's JSON. */
export function bodyReply(body: object): Reply {
  return { status: 200, contentType: 'application/json; charset=utf-8', body: encodeJson(body) }
}

/** The token is missing, unknown or expired. */
export const UNAUTHORIZED: Reply = textReply(401, '')
/** Over a budget; no Retry-After is documented. */
export const RATE_LIMITED: Reply = textReply(429, '')
export const NOT_FOUND: Reply = textReply(404, '')
export const METHOD_NOT_ALLOWED: Reply = textReply(405, '')
export const UNSUPPORTED_MEDIA: Reply = textReply(415, '')

/** The body was no JSON. */
export const NOT_JSON: Reply = problem({ $: ['The request body is not valid JSON.'] })

/** The JSON did not fit: enums as texts, dates that are none, a query outside its bounds. */
export function malformed(error: z.ZodError): Reply {
  const errors: Record<string, string[]> = {}
  for (const issue of error.issues) {
    const path = `$.${issue.path.join('.')}`
    errors[path] = [...(errors[path] ?? []), issue.message]
  }
  return problem(errors)
}

function problem(errors: Readonly<Record<string, readonly string[]>>): Reply {
  const body = {
    type: 'https://tools.ietf.org/html/rfc9110#section-15.5.1',
    title: 'One or more validation errors occurred.',
    status: 400,
    errors,
  }
  return { status: 400, contentType: 'application/problem+json; charset=utf-8', body: encodeJson(body) }
}
