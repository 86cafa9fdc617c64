/**
 * The configuration file as its writer sees it: one schema gives validation, defaults and the published JSON Schema.
 * Rules that span several keys are in rules.ts, so that one wrong key does not hide them.
 */
import { z } from 'zod'
import { accountSchema } from './account-schema.ts'
import { alertsSchema, watchdogSchema } from './alerts.ts'
import { pubsubSchema } from './pubsub.ts'
import { httpSchema } from './http-schema.ts'
import { ms, name, path, variable } from './scalars.ts'
import { metricsSchema, tracingSchema } from './telemetry-schema.ts'

const book = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('embedded'),
    file: path.optional().describe('SQLite file; default <data_dir>/book.sqlite.'),
  }),
  z.strictObject({
    type: z.literal('firestore'),
    project_id: z.string().min(1).max(64).describe('Google Cloud project of the Firestore database (native mode).'),
    database_id: z.string().min(1).max(64).optional().describe("Default: the project's (default) database."),
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
        .optional()
        .describe('Address of a Redis without a password.'),
      url_file: path.optional().describe('File with the URL, where it holds a password.'),
      url_env: variable.optional(),
      prefix: name.default('truebook').describe('Start of every key.'),
    })
    .prefault({})
    .describe('Without url, url_file or url_env a private Redis is started in data_dir.'),
  book: book.prefault({ type: 'embedded' }).describe('Where the durable record lives. Default: embedded.'),
  http: httpSchema.prefault({}).describe('The HTTP interface: signals in, console and operators.'),
  clock_offset_ms: z
    .int()
    .min(-366 * 86_400_000)
    .max(0)
    .default(0)
    .describe('Simulators on this machine only: sets our clock back, e.g. into trading hours.'),
  sweep: z
    .strictObject({ every_ms: ms(1000, 3_600_000).default(30_000).describe('Between sweeps of every account.') })
    .prefault({})
    .describe('Full comparison of broker and book: at boot, on demand and this often.'),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least that is written.'),
    })
    .prefault({})
    .describe('Log lines, JSON on standard output.'),
  alerts: alertsSchema.prefault({}),
  watchdog: watchdogSchema.prefault({}).describe('Runs in the API process and as `truebook watchdog`.'),
  metrics: metricsSchema.prefault({}).describe('Prometheus metrics; without a port only the API serves them.'),
  tracing: tracingSchema.prefault({}).describe('OpenTelemetry traces; off without an endpoint.'),
  pubsub: pubsubSchema.optional(),
  accounts: z.array(accountSchema).min(1).max(256).describe('The accounts that are traded and watched.'),
})

/** The file after validation, defaults filled in. */
export type ConfigFile = z.output<typeof configFileSchema>
