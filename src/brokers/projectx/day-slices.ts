/** Cuts an interval into days: the venue documents no paging of its histories, so nothing larger is asked for at once (reference C4). */
const DAY_MS = 86_400_000

/** Both bounds inclusive; no end means "up to now". */
export interface Slice {
  readonly startTimestamp: string
  readonly endTimestamp?: string
}

/** Slices from an instant up to now, oldest first; neighbours share a bound, so rows at it come twice. `from`, `now`: ms. */
export function daySlices(from: number, now: number): Slice[] {
  const slices: Slice[] = []
  let start = from
  for (; now - start > DAY_MS; start += DAY_MS)
    slices.push({ ...startOf(start), endTimestamp: stampOf(start + DAY_MS) })
  // No end: the venue's clock may be ahead of ours, and what it has now is wanted.
  return [...slices, startOf(start)]
}

/** An instant in the form the venue takes. */
export function stampOf(ms: number): string {
  return new Date(ms).toISOString()
}

function startOf(ms: number): { readonly startTimestamp: string } {
  return { startTimestamp: stampOf(ms) }
}
