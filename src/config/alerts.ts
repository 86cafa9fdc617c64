/** The part of the configuration about alerts: where they go, how often they are repeated, and what the watchdog bears. */
import { z } from 'zod'
import type { RepeatTerms } from '#domain/alert-telling.ts'
import type { Severity } from '#domain/records.ts'
import { required } from './required.ts'
import { ms, name, path, url, variable } from './scalars.ts'
import type { SecretRef } from './secret.ts'

const severity = z.enum(['critical', 'warning', 'info'])
const address = z
  .string()
  .min(3)
  .max(254)
  .regex(/^[^\r\n]+$/, 'a mail address on one line')
const httpUrl = url(/^https?:$/, 'https://example.com')

const everySink = (least: Severity) => ({
  name: name.describe('Unique; appears in logs and in the book.'),
  min_severity: severity.default(least).describe('Alerts below it are not sent here.'),
  escalation: z.boolean().default(false).describe('Only told of what nobody acknowledged for escalate_after_rounds.'),
})

const sinkSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...everySink('info'), type: z.literal('log') }),
  z.strictObject({
    ...everySink('info'),
    type: z.literal('webhook'),
    url_file: path.optional().describe('File with the https address that gets each alert as JSON.'),
    url_env: variable.optional(),
  }),
  z.strictObject({
    ...everySink('warning'),
    type: z.literal('slack'),
    url_file: path.optional().describe('File with the address of an incoming webhook.'),
    url_env: variable.optional(),
  }),
  z.strictObject({
    ...everySink('warning'),
    type: z.literal('telegram'),
    token_file: path.optional().describe('File with the token of a bot.'),
    token_env: variable.optional(),
    chat: z
      .string()
      .regex(/^(-?\d{1,20}|@[A-Za-z0-9_]{1,64})$/, 'the id of a chat in quotes, or @name of a channel')
      .describe('Where the bot writes to.'),
    base_url: httpUrl.default('https://api.telegram.org').describe('Address of the Bot API.'),
  }),
  z.strictObject({
    ...everySink('critical'),
    type: z.literal('pagerduty'),
    routing_key_file: path.optional().describe('File with the integration key of an Events API v2 integration.'),
    routing_key_env: variable.optional(),
    base_url: httpUrl.default('https://events.pagerduty.com').describe('Address of the Events API.'),
  }),
  z.strictObject({
    ...everySink('warning'),
    type: z.literal('mail'),
    host: z.string().min(1).max(253).describe('Mail server (SMTP).'),
    port: z.int().min(1).max(65_535).default(587).describe('Its port.'),
    tls: z
      .enum(['starttls', 'implicit', 'none'])
      .default('starttls')
      .describe('implicit: from the first byte (port 465). none: only a relay on this machine.'),
    user: z.string().min(1).max(254).optional().describe('Name to log in with. Default: no login.'),
    password_file: path.optional().describe('File with the password of that user.'),
    password_env: variable.optional(),
    from: address.describe('Sender.'),
    to: z.array(address).min(1).max(20).describe('Recipients.'),
  }),
])

export const alertsSchema = z
  .strictObject({
    webhook_url_file: path.optional().describe('The short form of a sink of type webhook, named webhook.'),
    webhook_url_env: variable.optional(),
    sinks: z
      .array(sinkSchema)
      .max(20)
      .default([])
      .describe('Where alerts go beside the book. A log sink is always there.'),
    repeat: z
      .strictObject({
        critical_ms: ms(10_000, 86_400_000).nullable().default(900_000).describe('Of severity critical.'),
        warning_ms: ms(10_000, 86_400_000).nullable().default(null).describe('Of severity warning.'),
        info_ms: ms(10_000, 86_400_000).nullable().default(null).describe('Of severity info.'),
      })
      .prefault({})
      .describe('An alert that stands and that nobody has acknowledged is sent again this often; null: never.'),
    escalate_after_rounds: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('After so many repetitions without acknowledgement, sinks with escalation: true are told too.'),
    heartbeat_url_file: path
      .optional()
      .describe('File with an address that is asked for every minute while all is well: its silence tells of ours.'),
    heartbeat_url_env: variable.optional(),
  })
  .describe('Alerts are always kept in the book and logged.')

export const watchdogSchema = z.strictObject({
  worker_ms: ms(20_000, 3_600_000).default(60_000).describe('Accounts on which nobody living works for so long.'),
  feed_ms: ms(10_000, 3_600_000).default(120_000).describe("A venue's stream that is down or silent for so long."),
})

interface CommonSink {
  readonly name: string
  readonly minSeverity: Severity
  readonly escalation: boolean
  /** By name; every one that the kind needs. */
  readonly secrets: Readonly<Record<string, SecretRef>>
}

/** One sink as configured. */
export type SinkConfig = CommonSink &
  (
    | { readonly type: 'log' | 'webhook' | 'slack' }
    | { readonly type: 'telegram'; readonly chat: string; readonly baseUrl: string }
    | { readonly type: 'pagerduty'; readonly baseUrl: string }
    | {
        readonly type: 'mail'
        readonly host: string
        readonly port: number
        readonly tls: 'starttls' | 'implicit' | 'none'
        readonly user: string | null
        readonly from: string
        readonly to: readonly string[]
      }
  )

export interface AlertsConfig {
  /** At least one of them is a log. */
  readonly sinks: readonly SinkConfig[]
  readonly repeat: RepeatTerms
  /** A dead man's switch of somebody else's. */
  readonly heartbeatUrl: SecretRef | null
}

/** How long the watchdog bears silence, ms. */
export interface WatchdogConfig {
  readonly workerMs: number
  readonly feedMs: number
}

type Place = (fileName: string | undefined, variable: string | undefined) => SecretRef | null
type SinkFile = z.output<typeof sinkSchema>

/** The log is told of everything unless a sink of type log says otherwise. */
export function alertsFrom(content: z.output<typeof alertsSchema>, place: Place): AlertsConfig {
  const sinks = content.sinks.map((sink) => sinkFrom(sink, place))
  const short = place(content.webhook_url_file, content.webhook_url_env)
  const plain = { minSeverity: 'info', escalation: false } as const
  const log: SinkConfig = { ...plain, name: 'log', type: 'log', secrets: {} }
  const webhook: SinkConfig[] =
    short === null ? [] : [{ ...plain, name: 'webhook', type: 'webhook', secrets: { url: short } }]
  const { critical_ms: critical, warning_ms: warning, info_ms: info } = content.repeat
  return {
    sinks: [...(sinks.some(({ type }) => type === 'log') ? [] : [log]), ...webhook, ...sinks],
    repeat: { critical, warning, info, escalateAfterRounds: content.escalate_after_rounds },
    heartbeatUrl: place(content.heartbeat_url_file, content.heartbeat_url_env),
  }
}

export function watchdogFrom({
  worker_ms: workerMs,
  feed_ms: feedMs,
}: z.output<typeof watchdogSchema>): WatchdogConfig {
  return { workerMs, feedMs }
}

function sinkFrom(sink: SinkFile, place: Place): SinkConfig {
  const { name: sinkName, min_severity: minSeverity, escalation } = sink
  const common = { name: sinkName, minSeverity, escalation }
  const secret = (key: string, file: string | undefined, env: string | undefined): Record<string, SecretRef> => ({
    [key]: required(place(file, env), `${key} of the sink ${sinkName}`),
  })
  switch (sink.type) {
    case 'log':
      return { ...common, type: 'log', secrets: {} }
    case 'webhook':
    case 'slack':
      return { ...common, type: sink.type, secrets: secret('url', sink.url_file, sink.url_env) }
    case 'telegram': {
      const { chat, base_url: baseUrl } = sink
      return { ...common, type: 'telegram', chat, baseUrl, secrets: secret('token', sink.token_file, sink.token_env) }
    }
    case 'pagerduty': {
      const secrets = secret('routingKey', sink.routing_key_file, sink.routing_key_env)
      return { ...common, type: 'pagerduty', baseUrl: sink.base_url, secrets }
    }
    case 'mail': {
      const { host, port, tls, user = null, from, to } = sink
      const secrets = user === null ? {} : secret('password', sink.password_file, sink.password_env)
      return { ...common, type: 'mail', host, port, tls, user, from, to, secrets }
    }
  }
}
