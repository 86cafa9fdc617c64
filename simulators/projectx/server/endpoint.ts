/** The shape of an endpoint: a checked body in, a body out. */
import type { z } from 'zod'
import type { BudgetName } from './request-budget.ts'
import type { Call } from './desk.ts'

/** One path of the REST interface. */
export interface Endpoint {
  readonly schema: z.ZodType
  readonly answer: (body: never, call: Call) => object
  readonly budget: BudgetName
}

/** Defines an endpoint. */
export function endpoint<Schema extends z.ZodType>(
  schema: Schema,
  answer: (body: z.output<Schema>, call: Call) => object,
  budget: BudgetName = 'general',
): Endpoint {
  return { schema, answer, budget }
}
