/** Reads what venues answer: exact numbers, and errors that name the place, what was expected and what was seen. */
import { z } from 'zod'
import { type DecimalString, ZERO_STRING, decimalString, isDecimalText } from '#domain/decimal.ts'
import { BrokerProtocolError } from './errors.ts'

/** A plain decimal that came as text. */
export const exact = z.string().transform((text, context): DecimalString => {
  if (isDecimalText(text)) return decimalString(text)
  context.issues.push({ code: 'custom', message: 'expected a plain decimal', input: text })
  return z.NEVER
})

/** A size: more than nothing. A negative one would turn around what it did to a position (C15). */
export const positive = exact.refine((size) => size !== ZERO_STRING && !size.startsWith('-'), 'expected a size above 0')

/** Nesting that no answer comes near. Deeper values could be parsed, but neither printed nor kept: both recurse. */
const DEPTH_MAX = 64

/** JSON of a text that a venue sent. @throws SyntaxError, also for what JSON allows and no venue sends */
export function parseWireJson(text: string): unknown {
  requireSense(text)
  return JSON.parse(text)
}

/** The same; undefined when it is none: the caller says what that means. */
export function jsonOf(text: string): unknown {
  try {
    return parseWireJson(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = [0x5b, 0x7b] as const
const CLOSING = [0x5d, 0x7d] as const

/** Half of a character, which JSON can escape and no address, row id or file can hold. */
const HALF_CHARACTER =
  /\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]/

/** Refuses nesting beyond all sense and halves of characters; whether the rest is JSON is the parser's matter. @throws SyntaxError */
export function requireSense(text: string): void {
  if (HALF_CHARACTER.test(text)) throw new SyntaxError('Expected whole characters, saw half of one.')
  let depth = 0
  let quoted = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) quoted = !quoted
    else if (quoted) index += code === BACKSLASH ? 1 : 0
    else if (code === OPENING[0] || code === OPENING[1]) depth += 1
    else if (code === CLOSING[0] || code === CLOSING[1]) depth -= 1
    if (depth > DEPTH_MAX) throw new SyntaxError(`Expected JSON of at most ${DEPTH_MAX} levels, saw more.`)
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

/**
 * Rows that are each about another thing, named by `nameOf`: one told twice counts once.
 * @throws BrokerProtocolError where two rows tell different things of one: neither is known to be true
 */
export function distinctRows<Row>(rows: readonly Row[], nameOf: (row: Row) => string, place: string): Row[] {
  const byName = new Map<string, Row>()
  for (const row of rows) {
    const name = nameOf(row)
    const known = byName.get(name)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(row)) {
      throw new BrokerProtocolError(`${place}: expected one row of ${name.slice(0, 100)}, saw two that differ.`)
    }
    byName.set(name, row)
  }
  return [...byName.values()]
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[key] : undefined
}
