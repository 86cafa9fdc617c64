/** The source tree keeps to the architecture rules, and every kind of breach, planted, is reported. */
import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { test } from 'node:test'

import { checkArchitecture, readSources, type Sources } from '#scripts/architecture.ts'

const root = dirname(import.meta.dirname)

test('the source tree breaks no architecture rule', () => {
  const sources = readSources(root)
  const inSrc = [...sources.keys()].filter((path) => path.startsWith('src/'))
  assert.ok(inSrc.length > 20, `Expected the files of src/, saw ${inSrc.length}.`)
  const folders = new Set([...sources.keys()].map((path) => path.slice(0, path.indexOf('/'))))
  assert.ok(folders.has('simulation') && folders.has('storm') && !folders.has('node_modules'), [...folders].join())
  const violations = checkArchitecture(sources).map(({ path, line, message }) => `${path}:${line} ${message}`)
  assert.equal(violations.join('\n'), '')
})

/** A small tree that keeps to the rules; a planted file is added to it or replaces one of its files. */
const soundTree: Sources = new Map([
  ['src/domain/decimal.ts', `export { Decimal } from 'decimal.js'`],
  ['src/domain/ids.ts', `import { createHash } from 'node:crypto'\nexport const hash = createHash`],
  [
    'src/domain/order.ts',
    `import type { Decimal } from './decimal.ts'\nexport type Order = { readonly size: Decimal }`,
  ],
  ['src/book/book.ts', `import type { Order } from '#domain/order.ts'\nexport interface Book { load(): Order }`],
  ['src/book/firestore/book.ts', `import { Firestore } from '@google-cloud/firestore'\nimport '../book.ts'\nFirestore`],
  [
    'src/book/embedded/book.ts',
    `import { DatabaseSync } from 'node:sqlite'\nimport type {} from '../book.ts'\nDatabaseSync`,
  ],
  [
    'src/brokers/broker.ts',
    `import type { Order } from '#domain/order.ts'\nexport interface Broker { submit(order: Order): void }`,
  ],
  [
    'src/brokers/hyperliquid/read.ts',
    `export function read() { try { return [1] } catch (error) { throw new Error('x', { cause: error }) } }`,
  ],
  ['src/queues/place.ts', `import { z } from 'zod'\nexport const place = z.string()`],
  ['src/queues/bullmq/queue.ts', `import { Queue } from 'bullmq'\nimport '../place.ts'\nQueue`],
  [
    'src/workers/place.ts',
    `import '#queues/place.ts'\nimport type { Book } from '#book/book.ts'\nexport type Tools = Book`,
  ],
  ['src/compose.ts', `import '#book/firestore/book.ts'\nimport '#workers/place.ts'`],
  ['src/cli/program.ts', `await import('../compose.ts')`],
  ['simulators/hyperliquid/server.ts', `import '#domain/decimal.ts'`],
  ['test/workers/place.test.ts', `import '#workers/place.ts'\nimport '#simulators/hyperliquid/server.ts'`],
])

const planted = (path: string, source: string): string[] => {
  const violations = checkArchitecture(new Map([...soundTree, [path, source]]))
  return violations.map((violation) => `${violation.path}:${violation.line} ${violation.message}`)
}

test('the sound tree breaks no rule', () => {
  assert.deepEqual(checkArchitecture(soundTree), [])
})

const breaches: readonly (readonly [fact: string, path: string, source: string, expected: RegExp])[] = [
  [
    'a domain file imports the book',
    'src/domain/x.ts',
    `import '#book/book.ts'`,
    /^src\/domain\/x\.ts:1 imports src\/book\/book\.ts/,
  ],
  [
    'a domain file imports a type of the book',
    'src/domain/x.ts',
    `\nimport type { Book } from '#book/book.ts'`,
    /x\.ts:2 imports src\/book/,
  ],
  [
    'a domain file imports a type inline',
    'src/domain/x.ts',
    `export type B = import('#book/book.ts').Book`,
    /imports src\/book/,
  ],
  [
    'a domain file re-exports a contract',
    'src/domain/x.ts',
    `export { type Book } from '#book/book.ts'`,
    /imports src\/book/,
  ],
  ['a domain file imports a package', 'src/domain/x.ts', `import 'zod'`, /imports the package zod/],
  [
    'decimal.js is imported outside of decimal.ts',
    'src/domain/x.ts',
    `import 'decimal.js'`,
    /home is src\/domain\/decimal\.ts/,
  ],
  [
    'node:crypto is imported in the domain outside of ids.ts',
    'src/domain/x.ts',
    `import 'node:crypto'`,
    /node:crypto, whose home/,
  ],
  [
    'a contract imports an adapter',
    'src/book/x.ts',
    `import './firestore/book.ts'`,
    /imports src\/book\/firestore\/book\.ts/,
  ],
  [
    'a book adapter imports another',
    'src/book/embedded/x.ts',
    `import '#book/firestore/book.ts'`,
    /imports src\/book\/firestore/,
  ],
  ['a broker adapter imports the book', 'src/brokers/hyperliquid/x.ts', `import '#book/book.ts'`, /imports src\/book/],
  [
    'a worker imports an adapter',
    'src/workers/x.ts',
    `import '#book/firestore/book.ts'`,
    /imports src\/book\/firestore/,
  ],
  ['a worker imports bullmq', 'src/workers/x.ts', `import 'bullmq'`, /bullmq, whose home/],
  ['a worker imports undici', 'src/workers/x.ts', `import 'undici'`, /undici, whose home/],
  ['a worker imports ioredis lazily', 'src/workers/x.ts', `await import('ioredis')`, /ioredis, whose home/],
  [
    'Firestore is imported outside of its folder',
    'src/http/x.ts',
    `import '@google-cloud/firestore'`,
    /whose home is src\/book\/firestore/,
  ],
  [
    'SQLite is imported outside of its folder',
    'src/queues/bullmq/x.ts',
    `import 'node:sqlite'`,
    /whose home is src\/book\/embedded/,
  ],
  [
    'ethers is imported outside of Hyperliquid',
    'src/brokers/other/x.ts',
    `import 'ethers'`,
    /whose home is src\/brokers\/hyperliquid/,
  ],
  ['compose is imported by a worker', 'src/workers/x.ts', `import '#compose.ts'`, /imports src\/compose\.ts/],
  [
    'src imports a simulator',
    'src/compose.ts',
    `import '#simulators/hyperliquid/server.ts'`,
    /imports simulators\/hyperliquid/,
  ],
  ['a check of the storm reads a file', 'storm/invariants/x.ts', `import 'node:fs'`, /imports the package node:fs/],
  ['the simulation imports a test', 'simulation/x.ts', `import '#test/workers/place.test.ts'`, /imports test\/workers/],
  ['src imports a test', 'src/http/x.ts', `import '#test/workers/place.test.ts'`, /imports test\/workers/],
  [
    'a simulator reads the venue as our adapter does',
    'simulators/hyperliquid/x.ts',
    `import '#brokers/hyperliquid/read.ts'`,
    /imports src\/brokers\/hyperliquid/,
  ],
  ['an import climbs two folders', 'src/book/firestore/x.ts', `import '../../domain/order.ts'`, /across folders write/],
  ['an import names no file', 'src/book/x.ts', `import './gone.ts'`, /no file of this project/],
  ['a folder has no rule', 'src/utils/x.ts', `export {}`, /bound by no row/],
  ['the domain reads the clock', 'src/domain/x.ts', `export const now = Date.now()`, /says "Date\.now"/],
  ['the domain makes a date of now', 'src/domain/x.ts', `export const now = new Date()`, /says "new Date\(\)"/],
  ['the domain rolls dice', 'src/domain/x.ts', `export const dice = Math['random']()`, /says "Math\.random"/],
  [
    'the domain reads the environment',
    'src/domain/x.ts',
    `export const home = process.env['HOME']`,
    /says "process\.env"/,
  ],
  ['a worker reads the environment', 'src/workers/x.ts', `export const home = process.env.HOME`, /says "process\.env"/],
  [
    'a broker turns a failure into an empty list (C2)',
    'src/brokers/x/x.ts',
    `export function f() { try { return g() } catch { return [] } }`,
    /catch returning nothing/,
  ],
  [
    'a broker turns a failure into null',
    'src/brokers/x/x.ts',
    `export function f() { try { return g() } catch { log(); if (a) { return null } throw b } }`,
    /catch returning nothing/,
  ],
  [
    'a broker swallows a rejection',
    'src/brokers/x/x.ts',
    `export const f = () => g().catch(() => [])`,
    /catch returning nothing/,
  ],
  ['a barrel', 'src/queues/all.ts', `export * from './place.ts'`, /says "export \* from"/],
  [
    'two files import each other',
    'src/domain/decimal.ts',
    `import type {} from './order.ts'\nexport type Decimal = 1`,
    /in a cycle: .*decimal\.ts -> .*order\.ts -> .*decimal\.ts/,
  ],
]

for (const [fact, path, source, expected] of breaches) {
  test(`a planted breach is reported: ${fact}`, () => {
    const violations = planted(path, source)
    assert.equal(violations.length, 1, `Expected one violation, saw: ${violations.join('; ') || 'none'}`)
    assert.match(violations[0] ?? '', expected)
  })
}

test('a catch whose nested function returns an empty list is no breach', () => {
  const source = `export function f() { try { g() } catch (e) { throw new E(list.map(() => { return [] }), e) } }`
  assert.deepEqual(planted('src/brokers/x/x.ts', source), [])
})

test('a file that does not parse is an error, not a clean file', () => {
  assert.throws(() => planted('src/domain/x.ts', 'const = 1'), /Expected src\/domain\/x\.ts to parse/)
})
