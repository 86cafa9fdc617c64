/** Every parser at a boundary has its properties: a source file that parses is named here with the test of its parser, or with why it needs none. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../..')

/** What turns text or values from outside into ours. */
const PARSES =
  /JSON\.parse\(|\.json\(\)|[sS]afeParse\(|[sS]chema\.parse\(|parseAnswer\(|parseBody\(|jsonOf\(|parseWireJson\(|parseJson\(|parseDocument\(|parseYaml\(|splitLine\(|parseInt\(|Date\.parse\(|\.read\([\s\S]{0,200}?Schema\)|session\.(info|read|find)\(/

/** Tests by the files whose parsers they feed. */
const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'test/hostile/venue-reads.test.ts': [
    'src/brokers/wire-answer.ts',
    'src/brokers/hyperliquid/{account-reads,cash-history,credentials,fill-history,market-reads,order-reads,session,info-schema}.ts',
    'src/brokers/bybit/{account-reads,credentials,fill-history,market-reads,order-reads,pages,session,stated-pnl,transaction-log}.ts',
    'src/brokers/projectx/{account-reads,contract-reads,fill-history,json,last-prices,order-reads,position-reads,session,wire}.ts',
  ],
  'test/hostile/send-verdicts.test.ts': [
    'src/brokers/hyperliquid/exchange-answer.ts',
    'src/brokers/bybit/send-verdict.ts',
    'src/brokers/projectx/send-verdict.ts',
  ],
  'test/hostile/stream-messages.test.ts': [
    'src/brokers/hyperliquid/stream-message.ts',
    'src/brokers/bybit/stream-message.ts',
    'src/brokers/projectx/hub-events.ts',
  ],
  'test/hostile/arguments.test.ts': ['src/cli/{program,instant-argument}.ts'],
  'test/hostile/signers.test.ts': ['src/brokers/hyperliquid/action.ts'],
  'test/hostile/files.test.ts': [
    'src/config/{load-config,yaml-file,programmes,programme-schema}.ts',
    'src/fills/{cells,read-fills}.ts',
  ],
  'test/hostile/http.test.ts': ['src/http/*.ts'],
  'test/hostile/actions.test.ts': ['src/queues/bullmq/dead-jobs.ts'],
  'test/operate/confirmation.test.ts': ['src/operate/confirmation.ts'],
  'test/hostile/jobs.test.ts': ['src/workers/bullmq/{stage-processor,envelope-ids}.ts'],
  'test/ingest/pull-signals.test.ts': ['src/ingest/pull-signals.ts'],
  'test/hostile/answers-of-truebook.test.ts': ['src/client/client.ts'],
  'test/hostile/secrets-of-an-installation.test.ts': ['src/cli/{signal-command,operator-client}.ts'],
}

/** Files that parse what we wrote ourselves, and why that is enough. */
const OWN: Readonly<Record<string, string>> = {
  'src/book/embedded/open.ts': 'rows of our own database; a foreign file is refused by its application id',
  'src/book/firestore/documents.ts': 'documents that our own commits wrote',
  'src/book/firestore/values.ts': 'values that our own commits wrote',
  'src/queues/bullmq/work-queue.ts': 'envelopes of our own code, checked before they are queued',
  'src/operate/flatten.ts': 'a signal that it has just made',
  'src/domain/events/{account-rules,rule}.ts': 'records of our own decisions; what fits no rule is told as it is',
  'src/compose/access-checks.ts': 'the end of a certificate, as Node reads it',
  'src/compose/telemetry.ts': 'our own package.json',
  'src/embedded/redis.ts': 'the note of our own process about the server it started',
  'src/brokers/http-request.ts': 'the Date header: a number or nothing',
  'src/brokers/projectx/fence.ts': 'a body that we prepared ourselves',
  'src/compose/programme-checks.ts': 'a day that the schema of rule files has checked',
  'src/domain/session/zone.ts': 'dates of our own calendar',
  'src/domain/session/civil-date.ts': 'dates that its pattern has checked',
}

/** Files in which a match of the pattern may stand: found by reading them. */
function parsingFiles(): string[] {
  return globSync('src/**/*.ts', { cwd: ROOT })
    .filter((path) => PARSES.test(readFileSync(join(ROOT, path), 'utf8').replaceAll(/^\s*(\/\*\*|\*|\/\/).*$/gm, '')))
    .toSorted()
}

test('every file that parses is named with its property or its reason', () => {
  const named = new Set([
    ...Object.values(PROPERTIES).flatMap((globs) => globs.flatMap((glob) => globSync(glob, { cwd: ROOT }))),
    ...Object.keys(OWN).flatMap((glob) => globSync(glob, { cwd: ROOT })),
  ])
  assert.deepEqual(
    parsingFiles().filter((path) => !named.has(path)),
    [],
    'feed these parsers hostile input in a test of test/hostile and name them in its row',
  )
})

test('what is named exists: tests, and files of every row', () => {
  for (const [file, globs] of Object.entries(PROPERTIES)) {
    assert.ok(existsSync(join(ROOT, file)), file)
    for (const glob of globs) assert.notDeepEqual(globSync(glob, { cwd: ROOT }), [], glob)
  }
  const parsing = new Set(parsingFiles())
  assert.deepEqual(
    Object.keys(OWN).flatMap((glob) => {
      const paths = globSync(glob, { cwd: ROOT })
      return paths.length === 0 ? [glob] : paths.filter((path) => !parsing.has(path))
    }),
    [],
    'these parse nothing any more',
  )
})

test('the pattern sees every kind of parser', () => {
  const kinds = [
    'JSON.parse(text)',
    'await response.json()',
    'schema.safeParse(value)',
    'envelopeSchema.parse(given)',
    "parseAnswer(fillSchema, row, 'x')",
    "session.read('/v5/x', {}, walletSchema)",
    'parseDocument(text)',
  ]
  for (const kind of kinds) assert.match(kind, PARSES)
})
