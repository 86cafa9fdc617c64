/**
 * The architecture as data: which folder may import what. Dependencies point inwards:
 * domain <- contracts (files directly in book/, brokers/, queues/) <- adapters (their sub-folders) <- workers <- entry points.
 * Change a row here together with ARCHITECTURE.md. The first row whose glob matches a file is the one that binds it.
 */

/** What the files of one glob may import. Their own folder is always allowed; an import of a type counts like any other. */
export interface FolderRule {
  readonly files: string
  /** Globs of files of this project. */
  readonly imports: readonly string[]
  /** Packages and Node modules (`node:*` is all of Node's); `any` leaves it to PACKAGE_HOMES alone. */
  readonly packages: readonly string[] | 'any'
}

const DOMAIN = 'src/domain/**'
const CONTRACTS = [
  'src/book/*.ts',
  'src/brokers/*.ts',
  'src/queues/*.ts',
  'src/pubsub/*.ts',
  'src/alerting/alerting.ts',
]
/** Pure readers of untrusted values: they say what was expected and what was seen. */
const VALIDATION = 'src/validation/**'
/** Everything of the product but its entry points. */
const PRODUCT = [
  'src/{domain,alerting,book,brokers,queues,pubsub,workers,fills,audit,export,ingest,operate,validation,config,telemetry,embedded,http,client}/**',
]

/** One row a folder, innermost first. */
export const FOLDER_RULES: readonly FolderRule[] = [
  // What crosses a boundary is declared once, as a schema its type is inferred from; zod reads no clock and does no I/O.
  { files: 'src/domain/{message,signal,envelopes,operator/action,events/*}.ts', imports: [DOMAIN], packages: ['zod'] },
  { files: DOMAIN, imports: [], packages: [] },
  { files: VALIDATION, imports: [DOMAIN], packages: ['zod'] },

  { files: 'src/book/*.ts', imports: [DOMAIN, VALIDATION], packages: ['zod', 'node:util'] },
  { files: 'src/book/*/**', imports: [DOMAIN, VALIDATION, 'src/book/*.ts'], packages: 'any' },

  // The way to the network that every adapter shares.
  {
    files: 'src/brokers/{http-request,transport,rate-limit,resolve,venue-stream}.ts',
    imports: [DOMAIN, 'src/brokers/*.ts'],
    packages: ['undici', 'ws', 'node:*'],
  },
  // What every adapter reads answers with.
  { files: 'src/brokers/wire-answer.ts', imports: [DOMAIN, 'src/brokers/*.ts'], packages: ['zod'] },
  { files: 'src/brokers/*.ts', imports: [DOMAIN], packages: [] },
  { files: 'src/brokers/*/**', imports: [DOMAIN, VALIDATION, 'src/brokers/*.ts', 'src/fills/**'], packages: 'any' },

  { files: 'src/queues/bullmq/**', imports: [DOMAIN, VALIDATION, 'src/queues/*.ts'], packages: 'any' },
  { files: 'src/queues/*.ts', imports: [DOMAIN, VALIDATION], packages: ['zod'] },

  { files: 'src/pubsub/*.ts', imports: [DOMAIN], packages: [] },
  { files: 'src/pubsub/*/**', imports: [DOMAIN, 'src/pubsub/*.ts'], packages: 'any' },

  // Where alerts go: a port, and one file a sink behind it.
  { files: 'src/alerting/alerting.ts', imports: [DOMAIN], packages: [] },
  { files: 'src/alerting/**', imports: [DOMAIN], packages: ['nodemailer'] },

  { files: 'src/fills/**', imports: [DOMAIN, VALIDATION], packages: ['zod', 'node:*'] },
  // Judges the book by its records: nothing that writes either may be shared.
  { files: 'src/audit/**', imports: [DOMAIN, 'src/book/*.ts'], packages: [] },

  {
    files: 'src/workers/bullmq/**',
    imports: [DOMAIN, VALIDATION, ...CONTRACTS, 'src/workers/**', 'src/queues/bullmq/**', 'src/telemetry/**'],
    packages: 'any',
  },
  { files: 'src/workers/**', imports: [DOMAIN, VALIDATION, ...CONTRACTS, 'src/fills/**'], packages: ['zod'] },

  // Reads the book and writes files: nothing that trades may be reached from here.
  { files: 'src/export/**', imports: [DOMAIN, 'src/book/*.ts'], packages: ['hyparquet-writer'] },

  { files: 'src/ingest/**', imports: [DOMAIN, VALIDATION, ...CONTRACTS], packages: ['zod'] },
  // What an operator's action does, whoever asks for it: no HTTP, no venue, no queue but through its contract.
  {
    files: 'src/operate/**',
    imports: [DOMAIN, VALIDATION, ...CONTRACTS, 'src/ingest/**', 'src/workers/{writes,exit-request}.ts'],
    packages: ['node:crypto'],
  },
  { files: 'src/config/**', imports: [DOMAIN, VALIDATION], packages: 'any' },
  // Decorators around the ports and the stages: what they look at never looks back.
  {
    files: 'src/telemetry/**',
    imports: [DOMAIN, 'src/config/**', ...CONTRACTS, 'src/workers/worker.ts'],
    packages: 'any',
  },
  { files: 'src/embedded/**', imports: [], packages: ['node:*'] },
  // Types only: the JSON that server and client agree on.
  { files: 'src/client/**', imports: [DOMAIN, VALIDATION, 'src/http/{wire,overview-wire}.ts'], packages: 'any' },
  // Runs in browsers: it shares the wire's types and what is pure, never anything that reaches a file, a queue or the book.
  {
    files: 'console/**',
    imports: [
      'src/http/{wire,overview-wire}.ts',
      'src/http/overview/verdict.ts',
      'src/domain/operator/{action,roles}.ts',
    ],
    packages: ['preact', '@preact/signals', 'uplot'],
  },
  {
    files: 'src/http/**',
    imports: [
      DOMAIN,
      VALIDATION,
      ...CONTRACTS,
      'src/ingest/**',
      'src/operate/**',
      'src/audit/**',
      'src/workers/worker.ts',
      'src/config/**',
      'src/telemetry/**',
      'src/queues/bullmq/**',
    ],
    packages: 'any',
  },
  { files: 'src/compose.ts', imports: [...PRODUCT, 'src/compose/**'], packages: 'any' },
  { files: 'src/compose/**', imports: PRODUCT, packages: 'any' },
  { files: 'src/cli/**', imports: [...PRODUCT, 'src/compose.ts', 'src/compose/**'], packages: 'any' },

  // A venue simulator is the oracle of our tests: it may share our arithmetic, never our reading of the venue.
  { files: 'simulators/**', imports: ['src/domain/decimal.ts', 'src/fills/**'], packages: 'any' },
  { files: 'scripts/**', imports: ['src/**', 'test/{support,catalogue}/**'], packages: 'any' },
  { files: 'demo/**', imports: ['src/**', 'simulators/**', 'scripts/**'], packages: 'any' },
  { files: 'bench/**', imports: ['src/**', 'simulators/**', 'scripts/**'], packages: 'any' },
  // The checks of a storm are pure: the same evidence is the same verdict.
  {
    files: 'storm/{plan,true-episodes,measures,report}.ts',
    imports: ['src/domain/**', 'simulators/venue/**', 'storm/**', 'demo/prices.ts', 'bench/statistics.ts'],
    packages: [],
  },
  { files: 'storm/invariants/**', imports: ['src/domain/**', 'simulators/venue/**', 'storm/**'], packages: [] },
  {
    files: 'storm/**',
    imports: ['src/**', 'simulators/**', 'demo/**', 'bench/**', 'test/support/**'],
    packages: 'any',
  },
  // Lives by the storm's own promises, so that both judge alike.
  { files: 'simulation/**', imports: ['src/**', 'simulators/**', 'storm/**'], packages: 'any' },
  {
    files: 'test/**',
    imports: [
      'src/**',
      'simulators/**',
      'scripts/**',
      'demo/**',
      'bench/**',
      'storm/**',
      'simulation/**',
      'console/**',
    ],
    packages: 'any',
  },
]

/** Packages that belong to one adapter: nowhere else in src/ may they be imported. The globs may name several homes. */
export const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  'decimal.js': ['src/domain/decimal.ts'],
  // A hash is a pure function; randomness and keys are not taken from here.
  'node:crypto': [
    'src/domain/ids.ts',
    'src/{config,http,client,cli,compose,operate,telemetry}/**',
    'src/book/*/**',
    'src/brokers/*/**',
    'src/queues/*/**',
  ],
  // Bull Board shows BullMQ's own queues, so the HTTP server hands them through.
  bullmq: ['src/queues/bullmq/**', 'src/workers/bullmq/**', 'src/http/{queue-board,server}.ts'],
  ioredis: ['src/queues/bullmq/**', 'src/workers/bullmq/**'],
  '@bull-board/api': ['src/http/**'],
  '@bull-board/fastify': ['src/http/**'],
  '@google-cloud/firestore': ['src/book/firestore/**'],
  '@google-cloud/firestore-api': ['src/book/firestore/**'],
  '@google-cloud/pubsub': ['src/pubsub/google/**'],
  'google-gax': ['src/book/firestore/**', 'src/pubsub/google/**'],
  'node:sqlite': ['src/book/embedded/**'],
  ethers: ['src/brokers/hyperliquid/**'],
  '@msgpack/msgpack': ['src/brokers/hyperliquid/**'],
  '@microsoft/signalr': ['src/brokers/projectx/**'],
  ws: ['src/brokers/**'],
  undici: ['src/brokers/**', 'src/client/**', 'src/cli/**', 'src/telemetry/**'],
  'hyparquet-writer': ['src/export/**'],
  fastify: ['src/http/**'],
  esbuild: ['src/http/console-bundle.ts'],
  nodemailer: ['src/alerting/mail-sink.ts'],
  pino: ['src/telemetry/**'],
  'prom-client': ['src/telemetry/metrics/**'],
  '@opentelemetry/api': ['src/telemetry/tracing/**'],
  '@opentelemetry/context-async-hooks': ['src/telemetry/tracing/**'],
  '@opentelemetry/exporter-trace-otlp-http': ['src/telemetry/tracing/**'],
  '@opentelemetry/resources': ['src/telemetry/tracing/**'],
  '@opentelemetry/sdk-trace': ['src/telemetry/tracing/**'],
  commander: ['src/cli/**'],
  yaml: ['src/config/**', 'src/cli/**'],
}

/** What the code of a folder may not say, and why. */
export interface SpeechRule {
  readonly files: string
  readonly except?: readonly string[]
  /** A dotted name such as `Date.now`, or `catch returning nothing` for a failed read that pretends to be an empty one. */
  readonly forbids: readonly string[]
  readonly because: string
}

/** `new Date` without arguments is written `new Date()`. */
export const SPEECH_RULES: readonly SpeechRule[] = [
  {
    files: DOMAIN,
    forbids: ['Date.now', 'new Date()', 'performance.now', 'Math.random', 'crypto.randomUUID', 'process.env'],
    because: 'the domain is pure: time, randomness and settings are passed in',
  },
  {
    files: 'src/{book,brokers,queues,pubsub,workers,fills,ingest,operate,http}/**',
    forbids: ['process.env'],
    because: 'settings are read in src/config and passed in',
  },
  {
    files: 'src/brokers/**',
    forbids: ['catch returning nothing'],
    because: 'a failed read is "unavailable", never an empty answer',
  },
  {
    files: 'src/**',
    forbids: ['export * from'],
    because: 'a barrel hides where a name lives',
  },
]
