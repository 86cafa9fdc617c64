/** Fields that control commands share. */
import { z } from 'zod'

/** An account by its id or its name. */
export const account = z.union([z.int(), z.string().min(1)])

/** A contract by id, name or root. */
export const contract = z.string().min(1)

/** An unsigned decimal text. */
export const decimalText = z.string().regex(/^\d+(\.\d+)?$/, 'expected a decimal text such as "12.5"')
