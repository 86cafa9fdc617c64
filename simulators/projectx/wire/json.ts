/** JSON as the venue writes it: exact decimals as bare numbers, never through floating point. */

/** A number in its own digits. */
export class JsonNumber {
  readonly digits: string

  constructor(digits: string) {
    this.digits = digits
  }
}

/** An exact decimal as a JSON number; null stays null. */
export function jsonNumber<Text extends string | null>(digits: Text): Text extends null ? null : JsonNumber {
  return (digits === null ? null : new JsonNumber(digits)) as Text extends null ? null : JsonNumber
}

/** Encodes a value. Absent (undefined) fields are left out, null ones kept. */
export function encodeJson(value: unknown): string {
  if (value instanceof JsonNumber) return value.digits
  if (Array.isArray(value)) return `[${value.map((item) => encodeJson(item)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => `${JSON.stringify(key)}:${encodeJson(field)}`)
    return `{${fields.join(',')}}`
  }
  return JSON.stringify(value)
}

/** The same object without its null fields: the hubs leave them out (reference C5). */
export function withoutNulls(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
}
