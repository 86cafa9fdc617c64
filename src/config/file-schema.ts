/**
 * The configuration file as its writer sees it: one schema gives validation, defaults and the published JSON Schema.
 * Rules that span several keys are in rules.ts, so that one wrong key does not hide them.
 */
import { z } from 'zod'
import { accountSchema } from './account-schema.ts'
import { pubsubSchema } from './pubsub.ts'
import { ms, name, path, strategy, variable } from './scalars.ts'
import { metricsSchema, tracingSchema } from './telemetry-schema.ts'

const signalToken = z.strictObject({
  name: name.describe('Who sends with it; appears in logs.'),
  token_file: path.optional(),
  token_env: variable.optional(),
  strategies: z.array(strategy).min(1).default(['*']).describe('Strategies this token may signal for; "*" is all.'),
})

const http = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Other than this machine only with tls or behind_proxy.'),
  port: z.int().min(0).max(65_535).default(8700),
  signal_tokens: z.array(signalToken).max(100).default([]),
  operator_token_file: path.optional().describe('Default: <data_dir>/operator-token, made at the first start.'),
  operator_token_env: variable.optional(),
  tls: z.strictObject({ cert_file: path, key_file: path }).optional(),
  behind_proxy: z.boolean().default(false).describe('A reverse proxy in front terminates TLS.'),
  queues_writable: z.boolean().default(false).describe('Lets operators change jobs in Bull Board.'),
  requests_per_minute: z.int().min(1).max(1_000_000).default(6000).describe('Per token; more are answered 429.'),
})

const book = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('embedded'),
    file: path.optional().describe('SQLite file; default <data_dir>/book.sqlite.'),
  }),
  z.strictObject({
    type: z.literal('firestore'),
    project_id: z.string().min(1).max(64),
    database_id: z.string().min(1).max(64).optional(),
    prefix: name.default('main').describe('Name of this book inside the database.'),
  }),
])

export const configFileSchema = z.strictObject({
  mode: z
    .enum(['paper', 'live'])
    .default('paper')
    .describe('live: real money on mainnet. paper: testnet or a simulator.'),
  data_dir: path.default('.truebook').describe('Folder for everything embedded; relative to this file.'),
  redis: z
    .strictObject({
      url: z
        .string()
        .refine((text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol), {
          message: 'a URL such as redis://127.0.0.1:6379',
        })
        .optional(),
      url_file: path.optional().describe('File with the URL, where it holds a password.'),
      url_env: variable.optional(),
      prefix: name.default('truebook').describe('Start of every key.'),
    })
    .prefault({})
    .describe('Without url, url_file or url_env a private Redis is started in data_dir.'),
  book: book.prefault({ type: 'embedded' }).describe('Where the durable record lives.'),
  http: http.prefault({}),
  clock_offset_ms: z
    .int()
    .min(-366 * 86_400_000)
    .max(0)
    .default(0)
    .describe('Simulators on this machine only: sets our clock back, e.g. into trading hours.'),
  sweep: z.strictObject({ every_ms: ms(1000, 3_600_000).default(30_000) }).prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  alerts: z
    .strictObject({ webhook_url_file: path.optional(), webhook_url_env: variable.optional() })
    .prefault({})
    .describe('Alerts are always kept in the book and logged; a webhook gets them too.'),
  metrics: metricsSchema.prefault({}).describe('Prometheus metrics; without a port only the API serves them.'),
  tracing: tracingSchema.prefault({}).describe('OpenTelemetry traces; off without an endpoint.'),
  pubsub: pubsubSchema.optional(),
  accounts: z.array(accountSchema).min(1).max(256),
})

/** The file after validation, defaults filled in. */
export type ConfigFile = z.output<typeof configFileSchema>
