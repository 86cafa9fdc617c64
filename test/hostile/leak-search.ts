/**
 * Finds secrets in text, byte for byte, in every form that programs give them. Written apart from what cuts them out (src/domain/conceal.ts),
 * so that both cannot be blind to the same form.
 */

/** A planted secret and what it is. */
export interface Planted {
  readonly what: string
  readonly value: string
}

/** Where text came from. */
export interface Source {
  readonly from: string
  readonly text: string
}

/** Length of the shortest piece of a secret that counts as a leak. */
const PIECE = 12

/** Every secret, in whole or in part, that stands in a source. */
export function leaksIn(sources: readonly Source[], secrets: readonly Planted[]): string[] {
  const needles = secrets.flatMap(({ what, value }) => formsOf(value).map(([form, text]) => ({ what, form, text })))
  return sources.flatMap(({ from, text }) => {
    const lower = text.toLowerCase()
    return needles
      .filter((needle) => lower.includes(needle.text.toLowerCase()))
      .map(({ what, form }) => `${what} (${form}) in ${from}`)
  })
}

function formsOf(value: string): (readonly [form: string, text: string])[] {
  const bare = value.startsWith('0x') ? value.slice(2) : value
  const bytes = Buffer.from(bare, 'utf8')
  const pieces = Array.from({ length: Math.max(0, Math.floor((bare.length - PIECE) / 4) + 1) }, (_, index) =>
    bare.slice(index * 4, index * 4 + PIECE),
  )
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const escaped = Array.from(bare, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  return [
    ['as it is', bare],
    ...pieces.map((piece): readonly [string, string] => ['a piece', piece]),
    ['hex', bytes.toString('hex')],
    ['for an address', encodeURIComponent(bare)],
    ['for an address, all of it', percent],
    ['JSON', JSON.stringify(bare).slice(1, -1)],
    ['JSON, all escaped', escaped],
    ...base64(bytes).map((text): readonly [string, string] => ['Base64', text]),
    ...(/^[0-9a-f]{64}$/i.test(bare)
      ? base64(Buffer.from(bare, 'hex')).map((text): readonly [string, string] => ['Base64 of the bytes', text])
      : []),
  ]
}

/** The middle of what Base64 makes of the bytes, behind nothing, one and two other bytes. */
function base64(bytes: Buffer): string[] {
  return ['', 'x', 'xx'].flatMap((before) => {
    // Without the letters at both ends: they mix with what stands beside.
    const end = Math.floor(((before.length + bytes.length) * 4) / 3)
    const text = Buffer.concat([Buffer.from(before), bytes])
      .toString('base64')
      .slice(4, end)
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
