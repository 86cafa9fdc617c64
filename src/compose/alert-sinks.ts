/** Opens the sinks of the configuration: always a log, and whatever is named beside it. */
import type { Alerting, Sink } from '#alerting/alerting.ts'
import { logSink } from '#alerting/log-sink.ts'
import { mailSink } from '#alerting/mail-sink.ts'
import { openAlerting } from '#alerting/open-alerting.ts'
import { pagerDutySink } from '#alerting/pagerduty-sink.ts'
import { slackSink } from '#alerting/slack-sink.ts'
import { telegramSink } from '#alerting/telegram-sink.ts'
import { webhookSink } from '#alerting/webhook-sink.ts'
import type { SinkConfig } from '#config/alerts.ts'
import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import type { Log } from '#workers/worker.ts'
import type { Credentials, Secrets } from './secrets.ts'

/** What sinks are made of. */
export interface SinkGround {
  readonly config: Pick<Config, 'alerts'> & { readonly http: Pick<Config['http'], 'publicUrl'> }
  readonly secrets: Pick<Secrets, 'sinks'>
  readonly log: Log
  readonly now: () => number
}

export function openSinks({ config, secrets, log, now }: SinkGround): Alerting {
  const { publicUrl } = config.http
  const sinks = config.alerts.sinks.map((sink) =>
    sinkOf(sink, { log, publicUrl, credentials: secrets.sinks.get(sink.name) ?? {} }),
  )
  return openAlerting(sinks, config.alerts.repeat, now)
}

interface Given {
  readonly log: Log
  readonly publicUrl: string | null
  readonly credentials: Credentials
}

function sinkOf(sink: SinkConfig, { log, publicUrl, credentials }: Given): Sink {
  const secret = (name: string): Secret => {
    const found = credentials[name]
    if (found === undefined)
      throw new TypeError(`Expected ${name} of the sink ${sink.name} to be read before, saw none.`)
    return found
  }
  switch (sink.type) {
    case 'log':
      return logSink(sink, log)
    case 'webhook':
      return webhookSink({ ...sink, url: secret('url') }, publicUrl)
    case 'slack':
      return slackSink({ ...sink, url: secret('url') }, publicUrl)
    case 'telegram':
      return telegramSink({ ...sink, token: secret('token') }, publicUrl)
    case 'pagerduty':
      return pagerDutySink({ ...sink, routingKey: secret('routingKey') }, publicUrl)
    case 'mail':
      return mailSink({ ...sink, password: sink.user === null ? null : secret('password') }, publicUrl)
  }
}
