/**
 * Our order ids in the venue's `customTag`: `<client order id>.<attempt>`. A tag is unique for an account for all time and refused
 * orders use it up (reference C4, observed live in 2026-08), so further attempts under one id would need further suffixes; every
 * look-up therefore looks for all of them. Children of a bracket carry `<tag>-SL` or `<tag>-TP`.
 */
import type { ClientOrderId } from '#domain/ids.ts'

const TAG = /^([0-9a-f]{32})\.(\d+)(?:-(SL|TP))?$/

/** Whose order a tag says it is: ours, or the child of one of ours; both null for anybody else's. */
export interface TagOwner {
  readonly clientOrderId: ClientOrderId | null
  readonly attachedTo: ClientOrderId | null
}

/** The tag of an attempt. */
export function tagOf(clientOrderId: ClientOrderId, attempt: number): string {
  return `${clientOrderId}.${attempt}`
}

/** Reads a tag; other texts are somebody else's. */
export function ownerOf(tag: string | null | undefined): TagOwner {
  const [, id, , child] = TAG.exec(tag ?? '') ?? []
  if (id === undefined) return { clientOrderId: null, attachedTo: null }
  return child === undefined
    ? { clientOrderId: id as ClientOrderId, attachedTo: null }
    : { clientOrderId: null, attachedTo: id as ClientOrderId }
}
