/** The Python example signs as the server reads, and sends a signal again until its one acceptance is known. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { signalKeyOf } from '#domain/ids.ts'
import { type HttpFixture, SIGNING_SECRET, startHttp } from '#test/http/http-fixture.ts'

const FOLDER = join(import.meta.dirname, '../../examples/python')
const PROGRAM = join(FOLDER, 'send_signal.py')
const VECTORS = join(import.meta.dirname, '../vectors/http/hmac.json')

interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

async function python(argv: readonly string[], { input = '', secret = SIGNING_SECRET } = {}): Promise<Run> {
  const env = { ...process.env, TRUEBOOK_HMAC_SECRET: secret, PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn('python3', argv, { stdio: ['pipe', 'pipe', 'pipe'], env })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text))
  child.stdin.end(input)
  const failed = once(child, 'error').then(([error]) => {
    throw new Error(`Expected python3 to run, saw: ${(error as Error).message}. Run: sudo apt-get install -y python3`)
  })
  const [code] = (await Promise.race([once(child, 'close'), failed])) as [number | null]
  return { code, ...said }
}

const OPEN = {
  kind: 'open',
  signal_id: 'python-1',
  source: 'python',
  strategy: 'trend',
  instrument: 'BTC-PERP',
  side: 'long',
  size: { type: 'contracts', value: '0.5' },
  stop_loss: { distance_bps: 100 },
}

async function send(
  url: string,
  signal: object,
  options: readonly string[] = [],
  secret = SIGNING_SECRET,
): Promise<Run> {
  const argv = [PROGRAM, '--url', url, '--key', 'trend-desk', '--wait', '0', ...options, '-']
  return await python(argv, { input: JSON.stringify(signal), secret })
}

/** The real server on a real port, with the wall clock, since the example signs with it. */
async function listening(): Promise<{ readonly http: HttpFixture; readonly url: string }> {
  const http = await startHttp({ now: () => Date.now() })
  return { http, url: await http.server.fastify.listen({ host: '127.0.0.1', port: 0 }) }
}

async function signalsOf({ book }: HttpFixture) {
  return (await book.list('signals', { orderBy: { field: 'receivedAt', direction: 'ascending' } })).map(
    ({ row }) => row,
  )
}

test('each vector of the contract is signed as it says', async () => {
  const program = [
    'import json, sys',
    'sys.path.insert(0, sys.argv[1])',
    'from send_signal import sign',
    'with open(sys.argv[2], encoding="utf-8") as file: v = json.load(file)',
    'print(json.dumps([sign(v["secret"], c["headers"]["x-truebook-timestamp"], c["method"], c["path"], c["body"].encode()) for c in v["cases"]]))',
  ].join('\n')
  const { out, err } = await python(['-c', program, FOLDER, VECTORS])
  const { cases } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { cases: { headers: Record<string, string> }[] }
  assert.equal(err, '')
  assert.ok(cases.length > 0)
  assert.deepEqual(
    JSON.parse(out),
    cases.map(({ headers }) => headers['x-truebook-signature']),
  )
})

test('a signal is accepted by the real server, and sent again it is the same one', async () => {
  const { http, url } = await listening()
  await using _http = http
  const signal = { ...OPEN, ts: Date.now() }
  const first = await send(url, signal)
  assert.equal(first.err, '')
  assert.equal(first.code, 0)
  const key = signalKeyOf('python', OPEN.signal_id)
  const { repeated, signal_key, accounts } = JSON.parse(first.out) as Record<string, unknown>
  assert.deepEqual([repeated, signal_key], [false, key])
  assert.equal((accounts as unknown[]).length, 2)
  const again = await send(url, signal)
  assert.equal((JSON.parse(again.out) as { repeated: boolean }).repeated, true)
  assert.deepEqual(
    (await signalsOf(http)).map(({ signalKey }) => signalKey),
    [key],
  )
})

/** Stands before the server and answers for it: a number is a status of its own, `lost` passes the request on and drops the answer. */
async function before(target: string, script: (number | 'lost')[]) {
  const seen: string[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', (): void => {
      const body = Buffer.concat(chunks)
      seen.push(body.toString())
      const next = script.shift()
      if (typeof next === 'number') return void response.writeHead(next).end('{}')
      void pass(target, request, body).then(async (answer) => {
        if (next === 'lost') request.socket.destroy()
        else response.writeHead(answer.status).end(await answer.text())
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    seen,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function pass(target: string, request: IncomingMessage, body: Buffer): Promise<Response> {
  const headers: Record<string, string> = {}
  for (const name of ['x-truebook-key', 'x-truebook-timestamp', 'x-truebook-signature', 'content-type']) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  const method = request.method ?? 'GET'
  return await fetch(`${target}${request.url}`, {
    method,
    headers,
    ...(method === 'POST' && { body: new Uint8Array(body) }),
  })
}

test('after a 503, a 500 and an answer that was lost, the signal stands once, and all attempts were the same bytes', async () => {
  const { http, url } = await listening()
  await using _http = http
  await using door = await before(url, [503, 500, 'lost'])
  const { signal_id: _, ...unnamed } = OPEN
  const run = await send(door.url, unnamed)
  assert.equal(run.err, '')
  assert.equal((JSON.parse(run.out) as { repeated: boolean }).repeated, true, 'the lost answer was an acceptance')
  assert.equal(door.seen.length, 4)
  assert.equal(new Set(door.seen).size, 1)
  assert.equal((await signalsOf(http)).length, 1)
})

test('what is wrong is not sent again, and the secret is never shown', async () => {
  const { http, url } = await listening()
  await using _http = http
  await using door = await before(url, [])
  const secret = 'another-secret-that-is-not-the-one-0001'
  const unsigned = await send(door.url, { ...OPEN, ts: Date.now() }, [], secret)
  assert.deepEqual([unsigned.code, unsigned.out], [4, ''])
  assert.match(unsigned.err, /^refused: 401/)
  assert.doesNotMatch(unsigned.err, new RegExp(secret))
  const invalid = await send(door.url, { ...OPEN, ts: Date.now(), side: 'up' })
  assert.equal(invalid.code, 4)
  assert.match(invalid.err, /refused: 4\d\d .*side/)
  assert.equal(door.seen.length, 2)
  assert.deepEqual(await signalsOf(http), [])
})

test('nobody answers: it says that this is not known, and how often it asked', async () => {
  await using door = await before('http://127.0.0.1:9', [503, 503])
  const run = await send(door.url, OPEN, ['--attempts', '2'])
  assert.equal(run.code, 3)
  assert.match(run.err, /not known whether it was accepted: .* in 2 attempts, last saw 503/)
})
