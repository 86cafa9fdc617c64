/**
 * One signal, several accounts: each sizes it by its own rule, asks its own gates and its own broker, and has its own outcome.
 * That one refuses and another cannot reach its broker is a result, and changes nothing at the others.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TruebookClient, createTruebookClient } from '#client/client.ts'
import type { SignalInput } from '#domain/signal.ts'
import type { AccountOutcome } from '#http/wire.ts'
import { type TcpProxy, openTcpProxy } from '#simulators/network/tcp-proxy.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'

const ACCOUNTS = ['prop', 'own', 'capped', 'away']

/** BTC stands at 100,000 USD, each account holds as much: a stop 2 % away loses 2,000 USD a coin. */
const OF_ACCOUNT = {
  prop: { strategy_sizing: { trend: { type: 'risk_usd', value: '100' } } },
  own: {},
  capped: {
    sizing: { type: 'notional_usd', value: '6000' },
    gates: { instruments: ['*'], max_order_notional: '5000' },
  },
  away: { sizing: { type: 'equity_fraction', value: '0.03' } },
}
const SIZES = { prop: '0.05', own: '0.02', away: '0.03' }

const OPEN: Extract<SignalInput, { kind: 'open' }> = {
  kind: 'open',
  signal_id: 'fan-out-1',
  source: 'test',
  strategy: 'trend',
  ts: Date.now(),
  valid_for_ms: 600_000,
  instrument: 'BTC-PERP',
  side: 'long',
  size: { type: 'contracts', value: '0.02' },
  stop_loss: { distance_bps: 200 },
}

interface Fan extends AsyncDisposable {
  readonly desk: Desk
  readonly client: TruebookClient
  /** Stands before the broker of account `away`. */
  readonly proxy: TcpProxy
}

async function openFan(): Promise<Fan> {
  await using opened = new AsyncDisposableStack()
  const proxies: TcpProxy[] = []
  opened.defer(async () => void (await Promise.all(proxies.map((proxy) => proxy.close()))))
  const perAccount = async (venueUrl: string) => {
    const proxy = await openTcpProxy({ port: Number(new URL(venueUrl).port) })
    proxies.push(proxy)
    return { ...OF_ACCOUNT, away: { ...OF_ACCOUNT.away, base_url: `http://127.0.0.1:${proxy.port}` } }
  }
  const desk = opened.use(await openDesk({ accounts: ACCOUNTS, perAccount }))
  const client = createTruebookClient({
    url: desk.truebook.api?.url ?? '',
    token: desk.installation.signalToken,
  })
  const all = opened.move()
  const [proxy] = proxies
  assert.ok(proxy !== undefined)
  return { desk, client, proxy, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** What the API says of a signal, by account, once `ready` holds for it. */
async function told(
  { client }: Fan,
  signalKey: string,
  ready: (of: Readonly<Record<string, AccountOutcome>>) => boolean,
): Promise<Readonly<Record<string, AccountOutcome>>> {
  return await eventually(
    async () => {
      const accounts = (await client.outcome(signalKey))?.accounts ?? []
      const of = Object.fromEntries(accounts.map((entry) => [entry.account, entry]))
      return ready(of) && of
    },
    { what: `the outcome of ${signalKey}` },
  )
}

/** Every order that the venue ever had, by account. */
function ordersAt({ venue, installation }: Desk): Record<string, number> {
  const counts = installation.accounts.map(({ id, master }) => [id, venue.engine.oracle.ledger(master).orders.length])
  return Object.fromEntries(counts) as Record<string, number>
}

test('one signal is sized, gated and traded at each account by itself, while one broker is away', async () => {
  await using fan = await openFan()
  const { desk, client, proxy } = fan
  proxy.mode('refuse')
  const sent = await client.sendSignal({ ...OPEN, ts: Date.now() })
  assert.deepEqual(
    sent.accounts.map((entry) => [entry.account, entry.status]),
    ACCOUNTS.map((account) => [account, 'pending']),
  )
  const first = await told(fan, sent.signal_key, (of) =>
    ['prop', 'own', 'capped'].every((id) => of[id]?.status !== 'pending'),
  )
  assert.equal(first['away']?.status, 'pending')
  assert.deepEqual(
    [first['prop']?.detail, first['prop']?.sizing],
    ['buy 0.05 BTC-PERP', 'risk_usd 100 by strategy_sizing'],
  )
  assert.deepEqual([first['own']?.detail, first['own']?.sizing], ['buy 0.02 BTC-PERP', 'contracts 0.02 by signal'])
  const { status, gate, limit, observed, sizing } = first['capped'] ?? {}
  assert.deepEqual([status, gate, limit, observed], ['denied', 'order-notional', '5000 USD', '6000 USD'])
  assert.equal(sizing, 'notional_usd 6000 by sizing')
  proxy.mode('pass')
  const all = await told(fan, sent.signal_key, (of) => of['away']?.status === 'done')
  assert.equal(all['away']?.sizing, 'equity_fraction 0.03 by sizing')
  for (const [account, size] of Object.entries(SIZES)) {
    const id = sent.accounts.find((entry) => entry.account === account)?.position_id
    const opened = await desk.until(id as Parameters<Desk['until']>[0], 'open')
    assert.deepEqual([opened.account, opened.size], [account, size])
  }
})

test('a repeated signal changes nothing at any account, and an exit ends what each of them holds', async () => {
  await using fan = await openFan()
  const { desk, client } = fan
  const signal = { ...OPEN, ts: Date.now() }
  const sent = await client.sendSignal(signal)
  const positions = sent.accounts.filter((entry) => entry.account !== 'capped').map((entry) => entry.position_id)
  for (const id of positions) await desk.until(id as Parameters<Desk['until']>[0], 'open')
  const before = ordersAt(desk)
  const again = await client.sendSignal(signal)
  assert.equal(again.repeated, true)
  assert.deepEqual(
    again.accounts.map((entry) => [entry.account, entry.status]),
    ACCOUNTS.map((account) => [account, account === 'capped' ? 'denied' : 'done']),
  )
  const { kind: _, side: _side, size: _size, stop_loss: _stop, ...common } = signal
  const close = await client.sendSignal({ ...common, kind: 'close', signal_id: 'fan-out-2' })
  for (const id of positions) await desk.until(id as Parameters<Desk['until']>[0], 'closed')
  const outcome = await told(fan, close.signal_key, (of) =>
    Object.values(of).every(({ status }) => status !== 'pending'),
  )
  assert.equal(outcome['capped']?.status, 'nothing-to-do')
  assert.equal(
    (await desk.truebook.book.list('positions', { orderBy: { field: 'createdAt', direction: 'ascending' } })).length,
    3,
  )
  for (const [account, count] of Object.entries(ordersAt(desk)))
    assert.equal(count, (before[account] ?? 0) + (account === 'capped' ? 0 : 1), `${account}: one exit order, no other`)
})
