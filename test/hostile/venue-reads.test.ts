/**
 * A mutilated answer to a read gives the truth or "unavailable", never less than there is and never "flat" (failure cases C1, C2, B13),
 * and nothing but those two: no other error, no hang. Each answer that a read asks for is mutilated, of every adapter.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Broker, FillRead } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { isDecimalText } from '#domain/decimal.ts'
import { refOf } from '#test/brokers/orders.ts'
import { type Mutation, mutationsOf } from './hostile-values.ts'
import { type ReadSubject, VENUES, type VenueOfReads } from './read-subjects.ts'
import { runs } from './runs.ts'

type Read = (broker: Broker, subject: ReadSubject) => Promise<unknown>

const READS: readonly (readonly [name: string, read: Read])[] = [
  ['readAccount', (broker) => broker.readAccount()],
  ['listOpenOrders', (broker) => broker.listOpenOrders()],
  ['findOrder', (broker, { instrument }) => broker.findOrder(refOf('a', instrument))],
  ['listFills', (broker, { from, now }) => broker.listFills({ from, through: now })],
  ['listCash', (broker, { from, now }) => broker.listCash({ from, through: now })],
  ['listInstruments', (broker) => broker.listInstruments()],
  ['readMarks', (broker) => broker.readMarks()],
]

for (const venue of VENUES) {
  describe(`reads of ${venue.venue}`, { concurrency: false }, () => {
    const ends: (() => unknown)[] = []
    let subject: ReadSubject
    before(async () => {
      subject = await venue.open({ after: (end: () => unknown) => void ends.push(end) } as unknown as TestContext)
    })
    after(async () => {
      for (const end of ends.toReversed()) await end()
    })

    for (const [name, read] of READS) {
      test(`${name}: a mutilated answer is the truth or unavailable`, async () => {
        const { broker, transport } = subject
        const { questions, result: truth } = await transport.asked(() => read(broker, subject))
        assert.ok(questions.length > 0)
        for (const question of oftenEnough(questions)) {
          const answer = transport.answers.get(question)
          assert.ok(answer?.kind === 'answer' && answer.status === 200)
          await fc.assert(
            fc.asyncProperty(mutationsOf(answer.body), async (mutation) => {
              const seen = await transport.while(question, mutation.text, () => outcomeOf(() => read(broker, subject)))
              if ('unavailable' in seen || isIncomplete(seen.data)) return
              if (!isProvable(mutation, answer.body, venue)) return
              assert.ok(
                isDeepStrictEqual(essence(seen.data), essence(truth)),
                `${question.slice(0, 80)}, ${mutation.what}: ${text(seen.data)} is not ${text(truth)}`,
              )
            }),
            runs(80),
          )
        }
      })
    }
  })
}

/** The first and the last question of each kind: what lies between asks the same of other times. */
function oftenEnough(questions: readonly string[]): readonly string[] {
  const kinds = Map.groupBy(questions, (question) => question.split(/[ ?{]/, 2).join(' ') + typeOfInfo(question))
  return [...kinds.values()].flatMap((same) => [...new Set([same[0] ?? '', same.at(-1) ?? ''])])
}

function typeOfInfo(question: string): string {
  return /"type":"\w+"/.exec(question)?.[0] ?? ''
}

/** A read that says itself that it does not hold everything. */
function isIncomplete(data: unknown): boolean {
  return data !== null && typeof data === 'object' && 'coverage' in data && !(data as FillRead).coverage.complete
}

async function outcomeOf(read: () => Promise<unknown>): Promise<{ readonly data: unknown } | { unavailable: string }> {
  try {
    return { data: await read() }
  } catch (error) {
    assert.ok(error instanceof BrokerUnavailable, `expected data or BrokerUnavailable, saw ${String(error)}`)
    assert.ok(error.message.length < 2_000, `one clear sentence, saw ${error.message.length} characters`)
    return { unavailable: error.message }
  }
}

/** Whether the mutilation shows at all: another good value, or one row less, is what an honest venue could have said. */
function isProvable(mutation: Mutation, sample: string, venue: VenueOfReads): boolean {
  const { kind, what, fields, text: mutilated } = mutation
  const last = fields.at(-1) ?? ''
  if (kind === 'exchanged') return !isEmptyList(mutilated)
  if (venue.optional.includes(last)) return false
  if (kind === 'reordered') return !venue.indexed.includes(last)
  if (kind === 'removed') return !/\.?\d+$/.test(what)
  if (kind !== 'replaced') return true
  return isAnotherKind(valueAt(sample, what), valueAt(mutilated, what), venue, last)
}

/** Whether a value of that field could not be the other. */
function isAnotherKind(was: unknown, is: unknown, venue: VenueOfReads, field: string): boolean {
  // Where nothing applied, the venue could have said something.
  if (was === null) return false
  if (is === null && venue.nullable.includes(field)) return false
  if (venue.numbersInQuotes && typeof was === 'number' && typeof is === 'string') return !isDecimalText(is)
  return typeOf(was) !== typeOf(is) || (Array.isArray(is) && is.length > 0)
}

function valueAt(json: string, what: string): unknown {
  const place = what.replace(/^replaced /, '').replace(/ by .*$/s, '')
  return place
    .split('.')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | null)?.[step], JSON.parse(json))
}

function isEmptyList(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) && value.length === 0
  } catch {
    return false
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}

/** What is said of the account; how the venue wrote it and how often we asked is not. */
function essence(value: unknown): unknown {
  if (value instanceof Map) return essence(Object.fromEntries(value))
  if (Array.isArray(value)) return value.map(essence).toSorted((a, b) => (text(a) < text(b) ? -1 : 1))
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).filter(([key]) => key !== 'raw' && key !== 'pages')
  return Object.fromEntries(members.map(([key, member]) => [key, essence(member)]))
}

function text(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 1_500) ?? 'undefined'
}
