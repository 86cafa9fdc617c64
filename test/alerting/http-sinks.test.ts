/** Each sink that speaks HTTP: what it sends, how it reads the answer, and that its secret stays where it belongs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AlertNotDelivered, type Sink } from '#alerting/alerting.ts'
import { pagerDutySink } from '#alerting/pagerduty-sink.ts'
import { slackSink } from '#alerting/slack-sink.ts'
import { telegramSink } from '#alerting/telegram-sink.ts'
import { webhookSink } from '#alerting/webhook-sink.ts'
import { Secret } from '#config/secret.ts'
import { ALERT, type Loopback, noticeOf, openLoopback } from './loopback.ts'

const SHAPE = { name: 'team', minSeverity: 'info', escalation: false } as const
const PUBLIC = 'https://desk.example.com'
const LINK = `${PUBLIC}/#/alerts/alert-0a`
const PLANTED = 'planted-secret-0123456789'

const SINKS: Readonly<Record<string, (url: string) => Sink>> = {
  webhook: (url) => webhookSink({ ...SHAPE, url: new Secret(`${url}/${PLANTED}`) }, PUBLIC),
  slack: (url) => slackSink({ ...SHAPE, url: new Secret(`${url}/services/${PLANTED}`) }, PUBLIC),
  telegram: (url) =>
    telegramSink({ ...SHAPE, token: new Secret(`1:${PLANTED}`), chat: '-100', baseUrl: `${url}/` }, PUBLIC),
  pagerduty: (url) => pagerDutySink({ ...SHAPE, routingKey: new Secret(PLANTED), baseUrl: url }, PUBLIC),
}

async function sent(kind: string, server: Loopback, ...notice: Parameters<typeof noticeOf>) {
  server.answer = { status: 200, body: kind === 'telegram' ? '{"ok":true,"result":{}}' : 'ok' }
  await SINKS[kind]?.(server.url).send(noticeOf(...notice))
  const last = server.received.at(-1)
  assert.ok(last !== undefined)
  return { ...last, json: JSON.parse(last.body) as Record<string, unknown> }
}

async function refusal(sink: Sink): Promise<AlertNotDelivered> {
  const failure = await sink.send(noticeOf()).then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(failure instanceof AlertNotDelivered, String(failure))
  return failure
}

test('webhook: the alert as JSON with its text and link; the idempotency key is alert and round', async () => {
  await using server = await openLoopback()
  const first = await sent('webhook', server)
  assert.equal(first.path, `/${PLANTED}`)
  assert.equal(first.headers['idempotency-key'], 'alert-0a')
  assert.deepEqual(first.json['alert'], ALERT)
  assert.equal(first.json['text'], `[critical] ${ALERT.title}: ${ALERT.detail} ${LINK}`)
  assert.equal((await sent('webhook', server, 'raised', 2)).headers['idempotency-key'], 'alert-0a.2')
  const end = await sent('webhook', server, 'resolved', 1)
  assert.deepEqual([end.headers['idempotency-key'], end.json['event']], ['alert-0a.resolved', 'resolved'])
})

test('slack: plain text without any markup of the alert, and the link apart', async () => {
  await using server = await openLoopback()
  const { json } = await sent('slack', server)
  assert.equal(json['text'], '[critical] Size &lt;!channel&gt; &amp; *drift*')
  const blocks = json['blocks'] as { text: { type: string; text: string } }[]
  assert.deepEqual(
    blocks.map(({ text }) => text.type),
    ['plain_text', 'mrkdwn'],
  )
  assert.ok(blocks[0]?.text.text.includes(ALERT.detail))
  assert.equal(blocks[1]?.text.text, `<${LINK}|Open in Truebook>`)
})

test('telegram: sendMessage to the chat without parse_mode; only {"ok":true} is an answer', async () => {
  await using server = await openLoopback()
  const { path, json } = await sent('telegram', server)
  assert.equal(path, `/bot1:${PLANTED}/sendMessage`)
  assert.deepEqual(Object.keys(json).toSorted(), ['chat_id', 'link_preview_options', 'text'])
  assert.equal(json['chat_id'], '-100')
  const text = String(json['text'])
  assert.ok(text.startsWith(`[critical] ${ALERT.title}\n${ALERT.detail}`) && text.endsWith(LINK), text)
  server.answer = { status: 200, body: '<html>welcome</html>' }
  assert.match((await refusal(SINKS['telegram']!(server.url))).message, /expected \{"ok":true\}/)
  server.answer = { status: 400, body: '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}' }
  assert.match((await refusal(SINKS['telegram']!(server.url))).message, /saw 400: Bad Request: chat not found/)
  server.answer = { status: 404, body: `{"ok":false,"description":"no bot1:${PLANTED} here"}` }
  const { message } = await refusal(SINKS['telegram']!(server.url))
  assert.ok(message.includes('[secret] here') && !message.includes(PLANTED), message)
})

test('telegram: a long alert is cut to what a message takes, its link is not', async () => {
  await using server = await openLoopback()
  server.answer = { status: 200, body: '{"ok":true}' }
  await SINKS['telegram']!(server.url).send({ ...noticeOf(), alert: { ...ALERT, detail: 'x'.repeat(10_000) } })
  const { text } = JSON.parse(server.received[0]?.body ?? '') as { text: string }
  assert.ok(text.length <= 4_096 && text.endsWith(LINK), String(text.length))
})

test('pagerduty: one alert is one incident, triggered, acknowledged and resolved under its id', async () => {
  await using server = await openLoopback()
  const { path, json } = await sent('pagerduty', server)
  assert.equal(path, '/v2/enqueue')
  const { payload, ...named } = json
  assert.deepEqual(named, {
    routing_key: PLANTED,
    event_action: 'trigger',
    dedup_key: 'alert-0a',
    client: 'Truebook',
    client_url: LINK,
    links: [{ href: LINK, text: 'Open in Truebook' }],
  })
  const { severity, source, timestamp } = payload as Record<string, unknown>
  assert.deepEqual([severity, source, timestamp], ['critical', 'hl-main', '1970-01-01T00:00:00.000Z'])
  for (const [event, action] of [
    ['acknowledged', 'acknowledge'],
    ['resolved', 'resolve'],
  ] as const) {
    const later = await sent('pagerduty', server, event, 1)
    assert.deepEqual(later.json, { routing_key: PLANTED, event_action: action, dedup_key: 'alert-0a' })
  }
})

for (const [kind, sinkAt] of Object.entries(SINKS)) {
  test(`${kind}: a refusal, a redirect, silence and a lost connection are failures that say what was seen and no secret`, async () => {
    await using server = await openLoopback()
    await using elsewhere = await openLoopback()
    const sink = sinkAt(server.url)
    const saw = async (answer: Loopback['answer']): Promise<AlertNotDelivered> => {
      server.answer = answer
      const failure = await refusal(sink)
      for (const text of [failure.message, failure.stack ?? '', JSON.stringify(failure), String(failure.cause)])
        assert.ok(!text.includes(PLANTED) && !text.includes('127.0.0.1'), text)
      return failure
    }
    assert.match((await saw({ status: 403, body: `no ${PLANTED}` })).message, /expected an answer 2xx, saw 403.*secret/)
    const limited = await saw({ status: 429, body: '', headers: { 'retry-after': '7' } })
    assert.equal(limited.quietMs, 7_000)
    const redirect = { status: 302, body: '', headers: { location: `${elsewhere.url}/take` } }
    assert.match((await saw(redirect)).message, /saw 302.*not followed/)
    assert.equal(elsewhere.received.length, 0, 'a redirect was followed with the secret in hand')
    assert.match((await saw({ status: 0, body: '' })).message, /did not answer \(\w+\)/)
  })
}

test('an address where nobody listens is a failure with the reason of the system', async () => {
  const closed = await openLoopback()
  const { url } = closed
  await closed[Symbol.asyncDispose]()
  assert.match((await refusal(SINKS['webhook']!(url))).message, /did not answer \(ECONNREFUSED\)/)
})
