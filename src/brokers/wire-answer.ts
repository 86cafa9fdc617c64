/** Reads what venues answer: exact numbers, and errors that name the place, what was expected and what was seen. */
import { z } from 'zod'
import { type DecimalString, decimalString, isDecimalText } from '#domain/decimal.ts'
import { BrokerProtocolError } from './errors.ts'

/** A plain decimal that came as text. */
export const exact = z.string().transform((text, context): DecimalString => {
  if (isDecimalText(text)) return decimalString(text)
  context.issues.push({ code: 'custom', message: 'expected a plain decimal', input: text })
  return z.NEVER
})

/** JSON of a text; undefined when it is none: the caller says what that means. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Parses one answer; `place` names venue and question. @throws BrokerProtocolError naming the first place that is not as expected */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
  place: string,
): z.output<Schema> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path ?? []
  const seen = JSON.stringify(path.reduce<unknown>(memberOf, answer)) ?? 'nothing'
  throw new BrokerProtocolError(
    `${place}: at ${path.join('.') || 'the top'} ${issue?.message ?? 'unexpected form'}; saw ${seen.slice(0, 200)}.`,
  )
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[key] : undefined
}
