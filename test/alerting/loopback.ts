/** A server on this machine that keeps what it is sent and answers as told. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AlertNotice } from '#domain/alert-text.ts'
import type { AlertRow } from '#domain/records.ts'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

export interface Loopback extends AsyncDisposable {
  readonly url: string
  readonly received: Received[]
  /** Status 0: no answer at all. */
  answer: { status: number; body: string; headers?: Readonly<Record<string, string>> }
}

export async function openLoopback(): Promise<Loopback> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body })
      const { status, body: said, headers = {} } = loopback.answer
      if (status === 0) request.socket.destroy()
      else response.writeHead(status, headers).end(said)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const loopback: Loopback = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: { status: 200, body: 'ok' },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return loopback
}

/** An alert whose text tries to be markup. */
export const ALERT: AlertRow = {
  alertId: 'alert-0a',
  severity: 'critical',
  kind: 'size-drift',
  account: 'hl-main',
  instrument: 'BTC-PERP',
  positionId: null,
  title: 'Size <!channel> & *drift*',
  detail: '<b>Book</b> 1, _broker_ 2 [x](https://evil.example)',
  raisedAt: 0,
  resolvedAt: null,
  deliveredAt: null,
  active: true,
}

export function noticeOf(event: AlertNotice['event'] = 'raised', round = 0): AlertNotice {
  if (event !== 'resolved') return { alert: ALERT, event, round }
  return { alert: { ...ALERT, active: false, resolvedAt: 60_000 }, event, round }
}
