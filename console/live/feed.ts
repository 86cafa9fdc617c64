/**
 * Listens to the server's events and keeps the signals. Silence counts as loss after moments, whatever the browser believes of the
 * connection; it connects again by itself until the session has ended.
 */
import { batch } from '@preact/signals'
import type { OverviewAnswer, OverviewPart } from '#http/overview-wire.ts'
import { loadSession } from './session.ts'
import { connection, heardAt, now, overview, trouble, withPart } from './state.ts'

/** The server speaks each second; this long without a word is loss, ms. */
const SILENCE_MS = 4_000
const AGAIN_MS = 2_000

let source: EventSource | null = null
let heardLocally = 0
let offset = 0

/** Starts listening and the clock; once per page. */
export function startFeed(): void {
  connect()
  setInterval(() => {
    now.value = Date.now() + offset
    if (connection.value === 'live' && performance.now() - heardLocally > SILENCE_MS) connection.value = 'lost'
  }, 1000)
}

function connect(): void {
  source?.close()
  source = new EventSource('/v1/events')
  on('overview', (data) => {
    const seen = data as OverviewAnswer
    overview.value = seen
    hear(seen.now)
  })
  on('part', (part) => {
    if (overview.value !== null) overview.value = withPart(overview.value, part as OverviewPart)
  })
  on('tick', (tick) => hear((tick as { now: number }).now))
  on('trouble', (data) => {
    trouble.value = (data as { message: string }).message
    connection.value = 'trouble'
  })
  on('bye', () => void lost())
  source.addEventListener('error', () => void lost())
}

function on(event: string, handle: (data: unknown) => void): void {
  source?.addEventListener(event, (message) => batch(() => handle(JSON.parse(String(message.data)))))
}

function hear(serverNow: number): void {
  offset = serverNow - Date.now()
  heardLocally = performance.now()
  heardAt.value = serverNow
  now.value = serverNow
  connection.value = 'live'
}

async function lost(): Promise<void> {
  source?.close()
  source = null
  if (connection.value !== 'connecting') connection.value = 'lost'
  // The browser does not tell a refusal from a broken line; the session does.
  const known = await loadSession()
  if (known === 'signed-out') connection.value = 'signed-out'
  else setTimeout(connect, AGAIN_MS)
}
