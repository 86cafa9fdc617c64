/** The mail sink against a real SMTP server on this machine. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { AlertNotDelivered } from '#alerting/alerting.ts'
import { type MailSink, mailSink } from '#alerting/mail-sink.ts'
import { Secret } from '#config/secret.ts'
import { ALERT, noticeOf } from './loopback.ts'

const PASSWORD = 'planted-password-0123456789'
const OPTIONS = {
  name: 'boss',
  minSeverity: 'info',
  escalation: false,
  host: '127.0.0.1',
  tls: 'none',
  user: 'desk',
  password: new Secret(PASSWORD),
  from: 'desk@example.com',
  to: ['ops@example.com', 'night@example.com'],
} as const satisfies Omit<MailSink, 'port'>

interface Mail {
  readonly to: readonly string[]
  readonly text: string
}

/** A server that knows one user and takes every mail. */
async function openMailServer() {
  const mails: Mail[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, callback) {
      if (username === 'desk' && password === PASSWORD) callback(null, { user: 'desk' })
      else callback(new Error(`No such user: ${username} ${password}`))
    },
    onData(stream, { envelope }, callback) {
      let text = ''
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      stream.on('end', () => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text })
        callback()
      })
    },
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function header(mail: Mail | undefined, name: string): string | undefined {
  const [head] = mail?.text.split('\r\n\r\n') ?? []
  return head?.match(new RegExp(`^${name}: (.*)$`, 'mi'))?.[1]?.trim()
}

test('a mail goes to everybody, with a subject on one line; what is told of one alert is one thread', async () => {
  await using server = await openMailServer()
  const sink = mailSink({ ...OPTIONS, port: server.port }, 'https://desk.example.com')
  const hostile = { ...ALERT, title: 'Drift\r\nBcc: evil@example.com' }
  await sink.send({ ...noticeOf(), alert: hostile })
  await sink.send(noticeOf('raised', 1))
  await sink.send(noticeOf('resolved', 2))
  const [first, again, end] = server.mails
  assert.deepEqual(first?.to, ['ops@example.com', 'night@example.com'])
  assert.equal(header(first, 'Bcc'), undefined)
  assert.match(header(first, 'Subject') ?? '', /^\[critical\] Drift Bcc: evil@example\.com$/)
  assert.equal(header(first, 'Message-ID'), '<alert-0a@truebook>')
  assert.deepEqual(
    [again, end].map((mail) => [header(mail, 'Message-ID'), header(mail, 'In-Reply-To')]),
    [
      ['<alert-0a.1@truebook>', '<alert-0a@truebook>'],
      ['<alert-0a.resolved@truebook>', '<alert-0a@truebook>'],
    ],
  )
  // Long lines are folded for the way.
  const text = first?.text.replaceAll('=\r\n', '') ?? ''
  assert.ok(text.includes('https://desk.example.com/#/alerts/alert-0a'), text)
})

test('a server that refuses the password, and one that is not there, are failures without the password', async () => {
  await using server = await openMailServer()
  const failureOf = async (change: Partial<MailSink>): Promise<AlertNotDelivered> => {
    const sink = mailSink({ ...OPTIONS, port: server.port, ...change }, null)
    const failure = await sink.send(noticeOf()).then(
      () => null,
      (error: unknown) => error,
    )
    assert.ok(failure instanceof AlertNotDelivered, String(failure))
    assert.ok(!/planted|wrong-one/.test(`${failure.message} ${failure.stack} ${String(failure.cause)}`))
    return failure
  }
  assert.match(
    (await failureOf({ password: new Secret('wrong-one') })).message,
    /not taken \(EAUTH 535\)\. Check user and password/,
  )
  assert.match((await failureOf({ port: 1 })).message, /not taken \(E\w+\)/)
  assert.match((await failureOf({ tls: 'starttls' })).message, /not taken/, 'it speaks no clear text by mistake')
  assert.equal(server.mails.length, 0)
})
