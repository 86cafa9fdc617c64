/**
 * Sink `mail`: one message a notice, over SMTP. What is told of one alert hangs together in a thread. Its Message-ID is a function of the
 * notice, so that a server which knows it may drop a repeat.
 */
import { createTransport } from 'nodemailer'
import { type AlertNotice, alertWords, cutTo, noticeKeyOf } from '#domain/alert-text.ts'
import { AlertNotDelivered, type Concealed, type Sink } from './alerting.ts'
import { type SinkShape, termsOf } from './sink-terms.ts'

export interface MailSink extends SinkShape {
  readonly host: string
  readonly port: number
  /** `starttls` and `implicit` refuse to speak in clear text; `none` is for a relay on this machine. */
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly user: string | null
  readonly password: Concealed | null
  readonly from: string
  readonly to: readonly string[]
}

/** Each step of the dialogue, ms; all of them together stay under the time for which a notice is claimed. */
const STEP_MS = 5_000
const WHOLE_MS = 20_000
const SUBJECT_MAX = 200

export function mailSink(options: MailSink, publicUrl: string | null): Sink {
  const { name, from, to } = options
  return {
    terms: termsOf(options),
    async send(notice: AlertNotice) {
      const { subject, lines, link } = alertWords(notice, publicUrl)
      const first = messageId(notice.alert.alertId)
      const id = messageId(noticeKeyOf(notice))
      await deliver(options, {
        from,
        to: [...to],
        subject: cutTo(SUBJECT_MAX, oneLine(subject)),
        text: [subject, '', ...lines, ...(link === null ? [] : ['', link])].join('\n'),
        messageId: id,
        ...(id !== first && { inReplyTo: first, references: first }),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Truebook-Sink': name },
      })
    },
  }
}

async function deliver(options: MailSink, message: object): Promise<void> {
  const { name, host, port, tls, user, password } = options
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user !== null && password !== null && { auth: { user, pass: password.reveal() } }),
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AlertNotDelivered(`Sink ${name}: the mail server took too long.`)), WHOLE_MS)
  })
  try {
    await Promise.race([transport.sendMail(message), late])
  } catch (error) {
    throw error instanceof AlertNotDelivered ? error : refusalOf(name, error)
  } finally {
    clearTimeout(timer)
    transport.close()
  }
}

/** A code and the server's number, never its words: it may quote what it was told. */
function refusalOf(name: string, error: unknown): AlertNotDelivered {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
  const isAnswered = error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
  const answer = isAnswered ? ` ${String(error.responseCode)}` : ''
  const hint = code === 'EAUTH' ? ' Check user and password.' : ''
  return new AlertNotDelivered(`Sink ${name}: the mail was not taken (${code}${answer}).${hint}`)
}

function messageId(key: string): string {
  return `<${key}@truebook>`
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
