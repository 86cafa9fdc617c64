/** A row as JSON text, once for every store: what JSON would silently change (NaN to null, Map to {}) is refused. */

/**
 * JSON text of a row. `undefined` members are absent, as in JSON.
 * @throws TypeError on values that JSON cannot carry unchanged: non-finite numbers, bigint, functions, class instances
 */
export function rowJson(row: unknown, name: string): string {
  // The replacer's second argument is already the result of toJSON, so the value itself is read from its holder.
  const text: string | undefined = JSON.stringify(row, function (this: unknown, key: string, value: unknown) {
    const fault = faultOf(Reflect.get(Object(this), key), Array.isArray(this))
    if (fault !== null) throw new TypeError(`Row ${name}: "${key}" is ${fault}; rows are plain JSON.`)
    return value
  })
  if (text === undefined || !text.startsWith('{')) throw new TypeError(`Row ${name}: expected an object, saw ${text}.`)
  return text
}

function faultOf(value: unknown, inArray: boolean): string | null {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? null : `${value}`
    case 'undefined':
      return inArray ? 'a hole' : null
    case 'bigint':
    case 'function':
    case 'symbol':
      return `a ${typeof value}`
    case 'object':
      return isPlain(value) ? null : 'an instance of a class'
    default:
      return null
  }
}

function isPlain(value: object | null): boolean {
  if (value === null || Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
