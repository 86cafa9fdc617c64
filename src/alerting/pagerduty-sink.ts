/** Sink `pagerduty`: Events API v2. One alert is one incident: its dedup_key is the alert id, so that what is told twice is one. */
import { type AlertNotice, alertWords, cutTo } from '#domain/alert-text.ts'
import type { AlertEvent } from '#domain/alert-telling.ts'
import type { Concealed, Sink } from './alerting.ts'
import { post } from './post.ts'
import { type SinkShape, termsOf } from './sink-terms.ts'

export interface PagerDutySink extends SinkShape {
  readonly routingKey: Concealed
  readonly baseUrl: string
}

/** A summary takes 1024 characters. */
const SUMMARY_MAX = 1_000
const DETAIL_MAX = 10_000
const ACTIONS: Readonly<Record<AlertEvent, string>> = {
  raised: 'trigger',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
}

export function pagerDutySink(options: PagerDutySink, publicUrl: string | null): Sink {
  const { name, routingKey, baseUrl } = options
  return {
    terms: termsOf(options, { events: ['raised', 'acknowledged', 'resolved'] }),
    async send(notice: AlertNotice) {
      await post({
        sink: name,
        url: { reveal: () => `${baseUrl.replace(/\/+$/, '')}/v2/enqueue` },
        body: { routing_key: routingKey.reveal(), ...eventOf(notice, publicUrl) },
      })
    },
  }
}

function eventOf(notice: AlertNotice, publicUrl: string | null): object {
  const { alert, event } = notice
  const named = { event_action: ACTIONS[event], dedup_key: alert.alertId }
  if (event !== 'raised') return named
  const { subject, lines, link } = alertWords(notice, publicUrl)
  return {
    ...named,
    client: 'Truebook',
    ...(link !== null && { client_url: link, links: [{ href: link, text: 'Open in Truebook' }] }),
    payload: {
      summary: cutTo(SUMMARY_MAX, subject),
      source: alert.account === '*' ? 'truebook' : alert.account,
      severity: alert.severity,
      timestamp: new Date(alert.raisedAt).toISOString(),
      component: alert.instrument ?? 'truebook',
      class: alert.kind,
      custom_details: { detail: cutTo(DETAIL_MAX, lines.join('\n')), position_id: alert.positionId },
    },
  }
}
