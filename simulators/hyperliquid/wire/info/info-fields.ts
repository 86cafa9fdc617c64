/** Fields that many info requests share. Info requests ignore fields they do not know. */
import { z } from 'zod'
import { absentable, unsignedInteger } from '#simulators/hyperliquid/wire/scalars.ts'

/** An account; a malformed one is simply an account nobody knows (section 9.7). */
export const user = z.string().transform((text) => text.toLowerCase())

/** A builder-deployed exchange's name; only the first, unnamed one exists here. */
export const dex = absentable(z.string())

/** A range of times in ms with a required start. */
export const timeRange = { startTime: unsignedInteger, endTime: absentable(unsignedInteger) }

/** Drops an absent end, which the engine's ranges require. */
export function rangeOf(request: { readonly startTime?: number | undefined; readonly endTime?: number | undefined }): {
  readonly startTime: number
  readonly endTime?: number
} {
  const { startTime = 0, endTime } = request
  return endTime === undefined ? { startTime } : { startTime, endTime }
}
