/**
 * Sink `telegram`: Bot API sendMessage. Plain text, no parse_mode: nothing in an alert is markup. The token stands in the address, so that
 * no address is ever shown. The API knows no idempotency key: a crash while it is told may tell twice.
 */
import { type AlertNotice, alertWords, cutTo } from '#domain/alert-text.ts'
import { concealerOf } from '#domain/conceal.ts'
import { AlertNotDelivered, type Concealed, type Sink } from './alerting.ts'
import { post } from './post.ts'
import { type SinkShape, termsOf } from './sink-terms.ts'

export interface TelegramSink extends SinkShape {
  readonly token: Concealed
  /** Id of the chat, or `@name` of a channel. */
  readonly chat: string
  readonly baseUrl: string
}

/** A message takes 4096 characters. */
const TEXT_MAX = 3_500

export function telegramSink(options: TelegramSink, publicUrl: string | null): Sink {
  const { name, chat, baseUrl, token } = options
  return {
    terms: termsOf(options),
    async send(notice: AlertNotice) {
      const { subject, lines, link } = alertWords(notice, publicUrl)
      const text = cutTo(TEXT_MAX, [subject, ...lines].join('\n'))
      const answer = await post({
        sink: name,
        url: { reveal: () => `${baseUrl.replace(/\/+$/, '')}/bot${token.reveal()}/sendMessage` },
        body: {
          chat_id: chat,
          text: link === null ? text : `${text}\n${link}`,
          link_preview_options: { is_disabled: true },
        },
        // What stands before the API may echo the address that it was asked at.
        wordsOf: (said) =>
          concealerOf([token.reveal(), token.reveal().split(':')[1] ?? ''])(descriptionOf(said) ?? '') || null,
      })
      if (!/"ok"\s*:\s*true/.test(answer))
        throw new AlertNotDelivered(`Sink ${name}: expected {"ok":true}, saw another answer.`)
    },
  }
}

/** The API's own words of a refusal, e.g. "Bad Request: chat not found". */
function descriptionOf(answer: string): string | null {
  const [, description] = /"description"\s*:\s*"([\w :,.'-]{1,200})"/.exec(answer) ?? []
  return description ?? null
}
