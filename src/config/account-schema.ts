/** One account of the configuration file, by venue: identity, credentials by place, limits, rhythm. */
import { z } from 'zod'
import { bps, money, ms, name, path, strategy, url, variable } from './scalars.ts'

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

const sizing = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('contracts'), value: money.describe('Contracts.') }),
    z.strictObject({ type: z.literal('notional_usd'), value: money.describe('USD of notional.') }),
    z.strictObject({ type: z.literal('equity_fraction'), value: money.describe('Notional over broker equity.') }),
    z.strictObject({ type: z.literal('risk_usd'), value: money.describe('USD lost if the stop is hit.') }),
  ])
  .describe('Size of an entry at this account, whatever size the signal names; the types are those of a signal.')

const programme = z.strictObject({
  rules: path.describe('Rule file of the programme (see programmes/); relative to this file.'),
  start_balance: money.optional().describe("USD the programme's account started with; default: that of the rule file."),
  highest_balance: money
    .optional()
    .describe(
      'USD: its highest end-of-day balance so far, where it was traded before Truebook; a trailing floor follows it.',
    ),
  since: z.iso
    .date()
    .optional()
    .describe(
      'The record of the programme begins anew when this day is changed: set it after the firm reset the account.',
    ),
  accept_automation_risk: z.boolean().default(false).describe('Trade although the rules say automation: no.'),
  buffer: z
    .string()
    .regex(/^0(\.\d{1,4})?$/, 'a fraction below 1 in quotes, such as "0.15"')
    .default('0.15')
    .describe("Part of every allowance that is kept free: we stop this much before the venue's own limit."),
  look_ms: ms(250, 60_000).default(2000).describe('Between looks at equity while the programme is watched.'),
})

const common = {
  id: name.describe('Our name of the account; part of every position id: never change it.'),
  site: name
    .optional()
    .describe(
      'Only workers started with this site work for the account and read its credentials. Default: any worker without a site.',
    ),
  strategies: z.array(strategy).min(1).describe('Strategies whose signals this account takes; "*" takes all.'),
  sizing: sizing.optional(),
  strategy_sizing: z
    .record(strategy, sizing)
    .default({})
    .describe('The same for single strategies; goes before `sizing`.'),
  programme: programme.optional().describe('Rules of the prop trading programme that owns the account.'),
  gates: gates.describe('Limits for new exposure. Exits are never gated.'),
  pace: pace.prefault({}).describe('Rhythm of looking.'),
}

const hyperliquid = z.strictObject({
  ...common,
  venue: z.literal('hyperliquid'),
  network: z.enum(['mainnet', 'testnet']).describe('mainnet needs mode: live.'),
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
})

const bybit = z.strictObject({
  ...common,
  venue: z.literal('bybit'),
  network: z
    .enum(['mainnet', 'demo', 'testnet'])
    .describe('demo: paper money on live prices, where most programmes run.'),
  base_url: url(/^https?:$/, 'https://api-demo.bybit.com')
    .optional()
    .describe("Default: the network's own address."),
  ws_url: url(/^wss?:$/, 'wss://stream-demo.bybit.com/v5/private')
    .optional()
    .describe("Private stream. Default: the network's own address."),
  api_key_file: path
    .optional()
    .describe("File with the API key: trade-only, never the programme's own monitoring key."),
  api_key_env: variable.optional(),
  api_secret_file: path.optional().describe('File with the secret of that key.'),
  api_secret_env: variable.optional(),
  extra_permissions: z
    .array(z.enum(['Spot', 'Options']))
    .default([])
    .describe('Trading permissions that the key may hold beside contracts. Anything else refuses to start.'),
})

const projectx = z.strictObject({
  ...common,
  venue: z.literal('projectx'),
  base_url: url(/^https?:$/, 'https://api.topstepx.com')
    .optional()
    .describe('Default: TopstepX.'),
  rtc_url: url(/^https?:$/, 'https://rtc.topstepx.com')
    .optional()
    .describe('Host of the hubs. Default: TopstepX.'),
  user_name: z.string().min(1).max(256).describe('Name of the platform user the API key belongs to.'),
  account_name: z
    .string()
    .min(1)
    .max(256)
    .describe(
      'Exact name of the one account to trade, e.g. 50KTC-V2-...; the key reaches all of them, we touch only this one.',
    ),
  api_key_file: path.optional().describe('File with the API key of that user.'),
  api_key_env: variable.optional(),
  requests_per_minute: z
    .int()
    .min(20)
    .max(100_000_000)
    .optional()
    .describe(
      'Requests a minute each process may send. Default: an equal share of the 200 that the venue grants; set it lower when several processes share the key.',
    ),
  allow_live_funded: z
    .boolean()
    .default(false)
    .describe('Trade an account that the venue does not call simulated. TopstepX forbids automating those.'),
})

/** An account of any venue. */
export const accountSchema = z.discriminatedUnion('venue', [hyperliquid, bybit, projectx])
export type AccountFile = z.output<typeof accountSchema>
