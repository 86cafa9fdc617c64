/** Has the venue do what is due as real time passes, so that prices, funding and triggers happen with nobody asking. */

/** A venue whose time has things due. Times in ms. */
export interface DueVenue {
  now(): number
  settle(): void
  nextDue(): number | undefined
}

/** Longest time between two looks, ms: a new price path may bring the next due moment nearer. */
const LOOK_MS = 100

/** Settles a venue on a real clock. Returns the way to stop. */
export function settleWhenDue(venue: DueVenue): () => void {
  let timer: NodeJS.Timeout
  const look = () => {
    venue.settle()
    const wait = (venue.nextDue() ?? Infinity) - venue.now()
    timer = setTimeout(look, Math.min(Math.max(wait, 1), LOOK_MS))
  }
  look()
  return () => clearTimeout(timer)
}
