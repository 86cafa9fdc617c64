/** Sink `slack`: an incoming webhook. Its address is the credential. It knows no idempotency key: a crash while it is told may tell twice. */
import { type AlertNotice, alertWords, cutTo } from '#domain/alert-text.ts'
import type { Concealed, Sink } from './alerting.ts'
import { post } from './post.ts'
import { type SinkShape, termsOf } from './sink-terms.ts'

export interface SlackSink extends SinkShape {
  readonly url: Concealed
}

/** A section takes 3000 characters; escaping makes text longer. */
const TEXT_MAX = 2_500

export function slackSink(options: SlackSink, publicUrl: string | null): Sink {
  return {
    terms: termsOf(options),
    async send(notice: AlertNotice) {
      const { subject, lines, link } = alertWords(notice, publicUrl)
      const text = cutTo(TEXT_MAX, [subject, ...lines].join('\n'))
      // plain_text: nothing in an alert can mention a channel or hide a link.
      const blocks: object[] = [{ type: 'section', text: { type: 'plain_text', text, emoji: false } }]
      if (link !== null) blocks.push({ type: 'section', text: { type: 'mrkdwn', text: `<${link}|Open in Truebook>` } })
      await post({
        sink: options.name,
        url: options.url,
        body: { text: escaped(cutTo(TEXT_MAX, subject)), blocks },
        wordsOf: (answer) => (/^[a-z_]{1,60}$/.test(answer) ? answer : null),
      })
    },
  }
}

/** Slack reads these three as markup, also in the text that a notification shows. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
