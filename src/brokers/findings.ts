/** The findings that credential checks of all venues are made of. */
import type { CredentialFinding } from './broker.ts'

/** As it should be. */
export function ok(check: string, detail: string): CredentialFinding {
  return { level: 'ok', check, detail, fix: null }
}

/** Worth a look; trading goes on. */
export function warn(check: string, detail: string, fix: string): CredentialFinding {
  return { level: 'warn', check, detail, fix }
}

/** No trading before this is fixed. */
export function fail(check: string, detail: string, fix: string): CredentialFinding {
  return { level: 'fail', check, detail, fix }
}

/** Offset to a venue's clock that is still safe, ms: for nonces and deadlines, and for look-ups by time, which begin a minute early (H5). */
export const CLOCK_BOUND_MS = 5_000

/** Compares our clock with the Date header of a venue's answer; both ms since epoch, the header's null when it was not readable. */
export function checkClock(now: number, serverDate: number | null): CredentialFinding {
  const check = 'clock'
  if (serverDate === null) {
    return warn(
      check,
      'The venue sent no readable Date header; the clock offset is unknown.',
      'Check what stands between us and the venue.',
    )
  }
  // The header counts whole seconds: it may be up to one behind.
  const ahead = now - serverDate
  const offset = ahead < 0 ? -ahead : Math.max(0, ahead - 1_000)
  if (offset <= CLOCK_BOUND_MS) return ok(check, `within ${CLOCK_BOUND_MS} ms of the venue's`)
  return fail(
    check,
    `Our clock is ${offset} ms ${ahead < 0 ? 'behind' : 'ahead of'} the venue's.`,
    'Synchronise the clock (NTP).',
  )
}
