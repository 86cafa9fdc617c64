/** Sink `webhook`: the alert as JSON for programs, with a `text` that Slack and its kin show. */
import { type AlertNotice, alertWords, noticeKeyOf } from '#domain/alert-text.ts'
import type { Concealed, Sink } from './alerting.ts'
import { post } from './post.ts'
import { type SinkShape, termsOf } from './sink-terms.ts'

export interface WebhookSink extends SinkShape {
  readonly url: Concealed
}

export function webhookSink(options: WebhookSink, publicUrl: string | null): Sink {
  return {
    terms: termsOf(options, { events: ['raised', 'acknowledged', 'resolved'] }),
    async send(notice: AlertNotice) {
      const { alert, event, round } = notice
      const { subject, lines, link } = alertWords(notice, publicUrl)
      const text = [
        `${subject}: ${event === 'raised' ? alert.detail : lines.join(' ')}`,
        ...(link === null ? [] : [link]),
      ]
      await post({
        sink: options.name,
        url: options.url,
        headers: { 'idempotency-key': noticeKeyOf(notice) },
        body: { text: text.join(' '), event, round, link, alert },
      })
    },
  }
}
