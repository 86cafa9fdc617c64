/**
 * Cuts known secrets out of text, in every form in which they get there: as they are, escaped for JSON, encoded for an address, in
 * Base64 or in hex, and as parts of an address (the password of a Redis URL, the path of a webhook). Pure.
 */

/** Stands where a secret stood. */
export const CONCEALED = '[secret]'
/** Shorter values would cut innocent text to pieces; real tokens and keys are longer. */
const SHORTEST = 8

/** Gives a text back without the secrets it knows. */
export type Conceal = (text: string) => string

/** For what knows no secret. */
export const concealNothing: Conceal = (text) => text

/** Makes the cut for these values. */
export function concealerOf(values: readonly string[]): Conceal {
  const forms = new Set(values.flatMap(partsOf).flatMap(formsOf))
  // Longest first, so that a value that contains another is cut whole.
  const needles = [...forms].filter((form) => form.length >= SHORTEST).toSorted((a, b) => b.length - a.length)
  return (text) => needles.reduce((rest, needle) => rest.replaceAll(needle, CONCEALED), text)
}

/** What of a value is secret by itself. */
function partsOf(value: string): string[] {
  // A signed token: its first part is the same in all tokens of the world, the rest is the secret.
  const [, signed, signature] = /^[\w-]+\.([\w-]+\.([\w-]+))$/.exec(value) ?? []
  if (signed !== undefined && signature !== undefined) return [value, signed, signature]
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return [value]
  // Not through URL: what no parser takes for an address holds a secret all the same.
  const [, credentials = '', place = ''] = /^[^/]*\/\/(?:(.*)@)?(.*)$/s.exec(value) ?? []
  const password = credentials.slice(credentials.indexOf(':') + 1)
  const path = place.includes('/') ? place.slice(place.indexOf('/')) : ''
  return [value, credentials, password, decoded(password), path, path.slice(1)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function formsOf(value: string): string[] {
  if (value.length < SHORTEST) return []
  const bytes = Buffer.from(value)
  const bare = value.replace(/^0x/i, '')
  const isHex = /^[0-9a-fA-F]{32,}$/.test(bare)
  const written = isHex
    ? [bare, bare.toLowerCase(), bare.toUpperCase(), ...base64Of(Buffer.from(bare, 'hex'))]
    : [value, encodeURIComponent(value), bytes.toString('hex'), bytes.toString('hex').toUpperCase()]
  return [...written, ...base64Of(bytes)].flatMap((form) => [form, escaped(form), escaped(escaped(form))])
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** In Base64 a value looks one of three ways, by what stands before it; its edges mix with its neighbours and are left out. */
function base64Of(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const from = Math.ceil((offset * 8) / 6)
    const core = text.slice(from, Math.floor(((offset + bytes.length) * 8) / 6))
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
