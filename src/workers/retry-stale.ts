/** Runs load-decide-commit again when somebody else was first; bounded, because a row that never rests is a bug. */
import { StaleWrite } from '#book/errors.ts'

const ATTEMPTS_MAX = 50

/** @throws StaleWrite after 50 lost races (the job is retried later) */
export async function retryStale<Result>(attempt: (tries: number) => Promise<Result>): Promise<Result> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt(tries)
    } catch (error) {
      if (!(error instanceof StaleWrite) || tries + 1 >= ATTEMPTS_MAX) throw error
      // Let the winner finish: back to the event loop, a little later each time.
      if (tries > 2) await new Promise((resolve) => setTimeout(resolve, Math.min(tries * 2, 25)))
    }
  }
}
