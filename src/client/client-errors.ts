/** What a call can end with, told apart by class: what to do next differs for each. */
import type { ErrorAnswer } from '#http/wire.ts'

type Details = Partial<ErrorAnswer['error']>

/** Any refusal by Truebook; `status` is the HTTP status, 0 when there was no answer. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError'
  readonly status: number
  readonly details: Details
  constructor(message: string, status: number, options: ErrorOptions & { readonly details?: Details } = {}) {
    super(message, options)
    this.status = status
    this.details = options.details ?? {}
  }
}

/** The signal is wrong; `details` has path, expected and seen. Sending it again cannot help. */
export class SignalInvalid extends ClientError {
  override readonly name = 'SignalInvalid'
}

/** This signal id was accepted before with other content; the first one stands. */
export class SignalConflict extends ClientError {
  override readonly name = 'SignalConflict'
}

/** The token is unknown, or may not do this. */
export class NotAuthorized extends ClientError {
  override readonly name = 'NotAuthorized'
}

/** The action cannot be done, or not in this world: the message says why. Nothing was done. */
export class ActionRefused extends ClientError {
  override readonly name = 'ActionRefused'
}

/** No usable answer after every attempt. The signal may have been accepted: send the very same one again later. */
export class TruebookUnavailable extends ClientError {
  override readonly name = 'TruebookUnavailable'
}

/** The error that a refusal means. */
export function errorOfAnswer(status: number, body: unknown): ClientError {
  const details: Details = (body as Partial<ErrorAnswer> | null)?.error ?? {}
  const message = details.message ?? `Truebook answered ${status} without a reason.`
  if (status === 401 || status === 403) return new NotAuthorized(message, status, { details })
  if (status === 409) return new SignalConflict(message, status, { details })
  if (status >= 500 || status === 429) return new TruebookUnavailable(message, status, { details })
  if (status >= 400) return new SignalInvalid(message, status, { details })
  return new TruebookUnavailable(message, status, { details })
}

/** The error that a refusal of an action means. */
export function errorOfAction(status: number, body: unknown): ClientError {
  const error = errorOfAnswer(status, body)
  const isRefusal = error instanceof SignalInvalid || error instanceof SignalConflict
  return isRefusal ? new ActionRefused(error.message, status, { details: error.details }) : error
}
