/**
 * The configuration file as its writer sees it: one schema gives validation, defaults and the published JSON Schema.
 * Rules that span several keys are in rules.ts, so that one wrong key does not hide them.
 */
import { z } from 'zod'
import { isDecimalText } from '#domain/decimal.ts'

const isPositive = (text: string): boolean =>
  isDecimalText(text) && !/^[-+]?0*\.?0*$/.test(text) && !text.startsWith('-')
const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host)

/** Whether a host name or address stays on this machine. */
export function isLoopbackHost(host: string): boolean {
  return isLoopback(host)
}

const money = z
  .string()
  .max(40)
  .refine(isPositive, { message: 'a positive plain decimal in quotes, such as "1000.50"' })
const name = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9._-]+$/, 'letters, digits and . _ - only')
const strategy = z.string().regex(/^(\*|[A-Za-z0-9._@/-]{1,128})$/, 'a strategy name, or "*" for all')
const path = z.string().min(1).max(4096)
const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable, such as HL_AGENT_KEY')
const ms = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most)
const bps = z.number().positive().max(10_000)
const url = (protocols: RegExp, example: string): z.ZodString =>
  z.string().refine((text) => isSafeUrl(text, protocols), {
    message: `a URL such as ${example} (plain text only to this machine)`,
  })

function isSafeUrl(text: string, protocols: RegExp): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocols.test(protocol) && (protocol.endsWith('s:') || isLoopback(hostname))
}

const gates = z.strictObject({
  instruments: z
    .array(z.string().regex(/^(\*|[A-Za-z0-9@._/-]{1,64})$/, 'an instrument such as BTC-PERP, or "*" for all'))
    .min(1)
    .describe('Instruments that may be opened; "*" allows every one that the venue lists.'),
  max_positions: z.int().min(1).max(1000).nullable().default(10).describe('Open positions at once; null is no limit.'),
  max_order_notional: money.nullable().default('1000').describe('USD per entry; null is no limit.'),
  max_exposure: money
    .nullable()
    .default('1')
    .describe('Open and reserved notional over broker equity; "2" is twice the equity.'),
  max_drawdown: money
    .nullable()
    .default('0.2')
    .describe('Loss from the equity high-water mark as a fraction; "0.1" is 10 %.'),
  max_daily_loss: money
    .nullable()
    .default(null)
    .describe('USD lost since 00:00 UTC, open PnL included; null is no limit.'),
  price_collar_bps: bps.default(200).describe('Farthest a limit price may stand from the mark, basis points.'),
  max_entries_per_minute: z
    .int()
    .min(1)
    .max(10_000)
    .nullable()
    .default(30)
    .describe('Accepted entries a minute; null is no limit.'),
  stop_required: z.boolean().default(true).describe('Whether every entry must bring a stop_loss.'),
})

const pace = z.strictObject({
  monitor_ms: ms(100, 600_000)
    .default(5000)
    .describe('Between looks at an open position; the stream wakes it earlier.'),
  look_ms: ms(100, 600_000)
    .default(15_000)
    .describe('Longest time without a full look at the broker while its stream is up and silent.'),
  settle_ms: ms(50, 60_000).default(1000).describe('Between looks while an entry or exit is unsettled.'),
  mark_max_age_ms: ms(100, 60_000).default(3000).describe('A mark older than this is read anew.'),
  exit_slippage_bps: bps.default(100).describe('Slippage allowed for exits and triggered stops, basis points.'),
  trail_step_bps: bps.default(5).describe('Smallest move of a trailing stop worth a request, basis points.'),
  naked_alert_ms: ms(100, 600_000)
    .default(10_000)
    .describe('Exposure without a native stop longer than this is a critical alert.'),
})

const account = z.strictObject({
  id: name.describe('Our name of the account; part of every position id: never change it.'),
  venue: z.literal('hyperliquid'),
  network: z.enum(['mainnet', 'testnet']),
  base_url: url(/^https?:$/, 'https://api.hyperliquid.xyz')
    .optional()
    .describe("Default: the network's own address."),
  ws_url: url(/^wss?:$/, 'wss://api.hyperliquid.xyz/ws')
    .optional()
    .describe("Default: the network's own address."),
  master: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, 'an address of 40 hex digits after 0x')
    .describe('Address that holds the funds (public).'),
  agent_key_file: path
    .optional()
    .describe('File with the private key of a trade-only agent (API wallet) of that address.'),
  agent_key_env: variable.optional().describe('Environment variable with that key, instead of the file.'),
  weight_per_minute: z
    .int()
    .min(60)
    .max(100_000_000)
    .optional()
    .describe(
      'Request weight a minute each process may spend at the venue. Default: an equal share of the 1200 of one address; set it lower when several processes share the address.',
    ),
  strategies: z.array(strategy).min(1).describe('Strategies whose signals this account takes; "*" takes all.'),
  gates: gates.describe('Limits for new exposure. Exits are never gated.'),
  pace: pace.prefault({}).describe('Rhythm of looking.'),
})

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
  sweep: z.strictObject({ every_ms: ms(1000, 3_600_000).default(30_000) }).prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  alerts: z
    .strictObject({ webhook_url_file: path.optional(), webhook_url_env: variable.optional() })
    .prefault({})
    .describe('Alerts are always kept in the book and logged; a webhook gets them too.'),
  accounts: z.array(account).min(1).max(256),
})

/** The file after validation, defaults filled in. */
export type ConfigFile = z.output<typeof configFileSchema>
