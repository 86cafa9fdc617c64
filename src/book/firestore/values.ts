/**
 * JSON values as Firestore values, natively where Firestore can hold them, so that an operator reads rows in the
 * console. What it cannot hold (an array in an array, a reserved key, great depth) becomes `{ "~json": "..." }` in place.
 */
import type { protos } from '@google-cloud/firestore-api'

export type Value = protos.google.firestore.v1.IValue
export type Fields = Record<string, Value>

/** Key of the map that carries a value as JSON text. */
const BOXED = '~json'
/** Firestore allows 20 levels of maps and arrays in a document; the row itself is the first. */
const DEEPEST = 16
/** https://firebase.google.com/docs/firestore/quotas: field names must not match this, nor be empty. */
const RESERVED_KEY = /^(__.*__)?$/s

/** @throws TypeError on a value that is no JSON */
export function encodeValue(value: unknown, depth = 1): Value {
  switch (typeof value) {
    case 'string':
      // protobuf text is UTF-8, which has no lone surrogates; JSON escapes them.
      return value.isWellFormed() ? { stringValue: value } : boxed(value)
    case 'boolean':
      return { booleanValue: value }
    case 'number':
      return Number.isSafeInteger(value) ? { integerValue: value } : { doubleValue: value }
    case 'object':
      if (value === null) return { nullValue: 'NULL_VALUE' }
      if (depth > DEEPEST) return boxed(value)
      return Array.isArray(value) ? encodeArray(value, depth) : encodeMap(value, depth)
    default:
      throw new TypeError(`Expected a JSON value, saw ${typeof value}.`)
  }
}

function encodeArray(items: readonly unknown[], depth: number): Value {
  return {
    arrayValue: { values: items.map((item) => (Array.isArray(item) ? boxed(item) : encodeValue(item, depth + 1))) },
  }
}

function encodeMap(map: object, depth: number): Value {
  const entries = Object.entries(map)
  if (entries.some(([key]) => key === BOXED || RESERVED_KEY.test(key) || !key.isWellFormed())) return boxed(map)
  return {
    mapValue: { fields: Object.fromEntries(entries.map(([key, inner]) => [key, encodeValue(inner, depth + 1)])) },
  }
}

function boxed(value: unknown): Value {
  return { mapValue: { fields: { [BOXED]: { stringValue: JSON.stringify(value) } } } }
}

/** The JSON value of a stored value. @throws TypeError on a type that `encodeValue` never writes */
export function decodeValue(value: Value): unknown {
  if (value.mapValue != null) return decodeMap(value.mapValue.fields ?? {})
  if (value.arrayValue != null) return (value.arrayValue.values ?? []).map(decodeValue)
  if (value.stringValue != null) return value.stringValue
  if (value.booleanValue != null) return value.booleanValue
  // 64-bit integers arrive as text; only safe ones are ever written.
  if (value.integerValue != null) return Number(value.integerValue)
  if (value.doubleValue != null) return value.doubleValue
  if (value.nullValue != null) return null
  throw new TypeError(`A stored value has a type that Truebook never writes: ${Object.keys(value).join()}.`)
}

function decodeMap(fields: Fields): unknown {
  const text = fields[BOXED]?.stringValue
  if (text != null) return JSON.parse(text)
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, decodeValue(inner)]))
}
