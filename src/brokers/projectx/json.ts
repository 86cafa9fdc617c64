/**
 * JSON of this venue without loss: it writes prices and money as bare numbers and ids beyond 2^53 are possible, so every number is
 * kept as the digits that stood on the wire, and ours are written the same way (reference C1).
 */
import { Decimal } from '#domain/decimal.ts'
import { requireSense } from '#brokers/wire-answer.ts'

/** What a reviver is told of a primitive (TC39 "source text access"; Node 22 and newer). */
interface Source {
  readonly source?: string
}
type SourceReviver = (key: string, value: unknown, context: Source) => unknown
const json = JSON as unknown as {
  parse(text: string, reviver: SourceReviver): unknown
  rawJSON(text: string): unknown
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/

/** Parses JSON; every number becomes the text of its digits, an exponent written out. @throws SyntaxError */
export function parseJson(text: string): unknown {
  requireSense(text)
  return json.parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number') return value
    if (source === undefined)
      throw new SyntaxError('Expected the source text of a number; this needs Node 22 or newer.')
    return /[eE]/.test(source) ? writtenOut(source) : source
  })
}

/** Far beyond every price and balance; an exponent can ask for more digits than a machine has memory. */
const EXPONENT_MAX = 30

function writtenOut(source: string): string {
  const number = new Decimal(source)
  if (Math.abs(number.e) <= EXPONENT_MAX) return number.toFixed()
  throw new SyntaxError(`Expected a number of at most ${EXPONENT_MAX} digits, saw ${source.slice(0, 40)}.`)
}

/** A number of exactly these digits inside a value for JSON.stringify. @throws RangeError when it is no plain number */
export function jsonNumber(digits: string): unknown {
  if (!NUMBER.test(digits)) throw new RangeError(`Expected a plain JSON number, saw ${JSON.stringify(digits)}.`)
  return json.rawJSON(digits)
}
