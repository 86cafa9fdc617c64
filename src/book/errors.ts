/** What can go wrong with the book; each says what we then know. */

/** Somebody was first: nothing of the commit was applied. Reload, decide again. */
export class StaleWrite extends Error {
  override readonly name = 'StaleWrite'
  readonly kind: string
  readonly id: string
  constructor(kind: string, id: string, options?: ErrorOptions) {
    super(`Row ${kind}/${id} changed or already exists; nothing was written. Reload it and decide again.`, options)
    this.kind = kind
    this.id = id
  }
}

/** The store did not answer: nothing new is known, and a commit may or may not have been applied. */
export class BookUnavailable extends Error {
  override readonly name = 'BookUnavailable'
}

/** A query shape that no shipped index serves: a bug in the caller. */
export class UndeclaredQuery extends Error {
  override readonly name = 'UndeclaredQuery'
}
