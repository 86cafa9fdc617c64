/** What rules.ts has checked before is there. */

/** @throws TypeError when it is missing all the same: a bug of ours */
export function required<T>(value: T | null, what: string): T {
  // rules.ts has refused files without it; seeing it missing here is a bug of ours.
  if (value === null) throw new TypeError(`Expected the ${what} to be checked before, saw none.`)
  return value
}
