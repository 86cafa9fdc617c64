/** Fields that the control commands of all venues share. */
import { z } from 'zod'

/** Milliseconds since the epoch, or a span of them. */
export const milliseconds = z.int().nonnegative()
