/** Values that nobody sends by intent: texts, numbers and JSON that break parsers, and valid samples with one thing wrong. */
import fc from 'fast-check'

const DEEP = '['.repeat(50_000) + ']'.repeat(50_000)
const DIGITS = '9'.repeat(60_000)

/** Texts that parsers stumble over. */
const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ufeff{}',
  '\ud800',
  '\udfff\ud800',
  'NaN',
  'Infinity',
  '-Infinity',
  '-0',
  '+1',
  '1e5',
  '1E400',
  '0x10',
  '1_000',
  '1,5',
  '1.',
  '.5',
  '01',
  '١٢٣',
  'null',
  'true',
  'undefined',
  '__proto__',
  'constructor',
  '[object Object]',
  '../../etc/passwd',
  '\r\nset-cookie: a=b',
  "'; drop table fills; --",
  '${7*7}',
  DIGITS,
  `${DIGITS}x`,
  `0.${DIGITS}`,
] as const

/** Numbers at the edges of what JSON and doubles can hold. */
const ODD_NUMBERS = [
  0,
  -0,
  -1,
  0.1,
  1e-7,
  1e21,
  1e308,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 2,
  -Number.MAX_SAFE_INTEGER - 2,
] as const

/** Whole documents that break parsers. */
const ODD_DOCUMENTS = [
  DEEP,
  '{"a":'.repeat(20_000),
  '{"__proto__":{"list":[],"success":true,"status":"ok"}}',
  '{"constructor":{"prototype":{"list":[]}}}',
  '{"a":1,"a":2}',
  '1e99999999',
  '[1e-99999999]',
  `[${DIGITS}]`,
  `[${'0,'.repeat(200_000)}0]`,
  '"\\ud800"',
  '<html>502 Bad Gateway</html>',
  '{"retCode":0',
  'OK',
] as const

/** Texts of any kind. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
)

/** Plain values of any type; never a text that reads as an ordinary number. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 3, arbitrary: fc.constantFrom(...ODD_NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { a: null }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
)

/** Whole documents: bytes, JSON of any form, and what is known to break parsers. */
export const hostileDocument: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_DOCUMENTS),
  hostileText,
  fc.json({ maxDepth: 4 }),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
)

/** A place in a JSON value. */
type Place = readonly (string | number)[]

/** One thing done to a valid document. */
export interface Mutation {
  /** What was done, for the reports of failures. */
  readonly what: string
  /** Names of the fields on the way to the place, without indices. */
  readonly fields: readonly string[]
  readonly kind: 'removed' | 'replaced' | 'retyped' | 'truncated' | 'doubled' | 'reordered' | 'added' | 'exchanged'
  readonly text: string
}

/** Valid JSON text with one thing wrong. */
export function mutationsOf(sample: string): fc.Arbitrary<Mutation> {
  const value: unknown = JSON.parse(sample)
  const places = placesOf(value).filter((place) => place.length > 0)
  const lists = placesOf(value).filter((place) => Array.isArray(at(value, place)))
  const objects = placesOf(value).filter((place) => isObject(at(value, place)))
  const leaves = places.filter((place) => !isObject(at(value, place)) && !Array.isArray(at(value, place)))
  const change = (
    candidates: readonly Place[],
    kind: Mutation['kind'],
    make: (root: unknown, place: Place, seen: unknown) => unknown,
  ): fc.Arbitrary<Mutation>[] =>
    candidates.length === 0
      ? []
      : [
          fc.tuple(fc.constantFrom(...candidates), hostileValue).map(([place, seen]): Mutation => {
            const root = make(structuredClone(value), place, seen)
            return {
              what: `${kind} ${place.join('.') || 'the whole'}${kind === 'replaced' ? ` by ${shown(seen)}` : ''}`,
              fields: place.filter((step) => typeof step === 'string'),
              kind,
              text: JSON.stringify(root),
            }
          }),
        ]
  return fc.oneof(
    ...change(places, 'removed', (root, place) => without(root, place)),
    ...change(places, 'replaced', (root, place, seen) => put(root, place, seen)),
    ...change(leaves, 'retyped', (root, place) => put(root, place, retyped(at(root, place)))),
    ...change(lists, 'doubled', (root, place) => put(root, place, doubled(at(root, place)))),
    ...change(lists, 'reordered', (root, place) => put(root, place, (at(root, place) as unknown[]).toReversed())),
    ...change(objects, 'reordered', (root, place) => put(root, place, turned(at(root, place)))),
    ...change(objects, 'added', (root, place, seen) => put(root, place, withMore(at(root, place), seen))),
    fc.integer({ min: 0, max: sample.length - 1 }).map((length): Mutation => ({
      what: `truncated to ${length} characters`,
      fields: [],
      kind: 'truncated',
      text: sample.slice(0, length),
    })),
    hostileDocument.map((text): Mutation => ({
      what: `exchanged for ${text.slice(0, 60)}`,
      fields: [],
      kind: 'exchanged',
      text,
    })),
  )
}

function placesOf(value: unknown, place: Place = []): Place[] {
  if (!isObject(value) && !Array.isArray(value)) return [place]
  // Long lists repeat their first rows.
  const members = Object.entries(value).slice(0, 40)
  const steps = members.map(([key]) => (Array.isArray(value) ? Number(key) : key))
  return [place, ...steps.flatMap((step) => placesOf((value as Record<string, unknown>)[step], [...place, step]))]
}

function at(root: unknown, place: Place): unknown {
  return place.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], root)
}

function put(root: unknown, place: Place, value: unknown): unknown {
  const [last, parents] = [place.at(-1), place.slice(0, -1)]
  if (last === undefined) return value
  const parent = at(root, parents) as Record<string, unknown>
  parent[last] = value
  return root
}

function without(root: unknown, place: Place): unknown {
  const parent = at(root, place.slice(0, -1))
  const last = place.at(-1) ?? ''
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else Reflect.deleteProperty(parent as object, last)
  return root
}

/** Numbers as texts, texts as numbers, booleans as texts: what other languages' serialisers do. */
function retyped(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value !== '' && Number.isFinite(Number(value)) ? Number(value) : [value]
  return value === null ? 'null' : value
}

function doubled(list: unknown): unknown {
  const [first, ...rest] = list as unknown[]
  return first === undefined ? [] : [first, first, ...rest]
}

function turned(value: unknown): unknown {
  return Object.fromEntries(Object.entries(value as object).toReversed())
}

function withMore(value: unknown, seen: unknown): unknown {
  const more = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as object
  return Object.assign(Object.create(null) as object, more, value, { zzNeverHeardOf: seen })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 60)
}
