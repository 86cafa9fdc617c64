/**
 * A desk for two or more real worker processes of which one is held at gates, frozen or cut off: an account for each point, so that
 * nothing held in one stands in the way of another, and a proxy on every way of the worker that shall be lost.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { IntentRow } from '#domain/order.ts'
import { type PositionId, clientOrderIdOf } from '#domain/ids.ts'
import { type TcpProxy, openTcpProxy } from '#simulators/network/tcp-proxy.ts'
import { assertEqualsBroker } from '#test/support/broker-net.ts'
import { type Desk, openDesk } from '#test/support/desk.ts'
import { eventually } from '#test/support/eventually.ts'
import { startFirestoreEmulator } from '#test/support/firestore-emulator.ts'
import type { Gate, Order, Report } from './gate.ts'

export type Store = 'embedded' | 'firestore'
export const STORES: readonly Store[] = ['embedded', 'firestore']

const WORKER = join(import.meta.dirname, 'gated-worker.ts')
const COIN = 'BTC'
/** No entry may go stale while the machine is busy. */
const PATIENCE_MS = 600_000

/** The ways out of a worker: its queues, its book (null where that is a file) and the venue, each account's by itself. */
export interface Ways {
  readonly redis: TcpProxy
  readonly book: TcpProxy | null
  venue(account: string): TcpProxy
}

/** A worker process. */
export interface GatedWorker {
  /** Null for one that goes straight to everything. */
  readonly ways: Ways | null
  /** Waits until a gate holds it. */
  held(gate: string): Promise<void>
  release(gate: string): void
  /** How commits that a gate held before they were made have ended so far: `committed`, or the name of the error. */
  endings(gate: string): string[]
  /** SIGSTOP, at a moment without a commit of it on its way. */
  freeze(): void
  /** SIGCONT. */
  wake(): void
  /** Cuts it from its book, or ends that. */
  book(access: 'away' | 'back'): void
  /** Sets its clock off by so many ms. */
  clock(offsetMs: number): void
  /** Waits until it works on nothing. */
  rests(): Promise<void>
}

export interface FenceDesk extends AsyncDisposable {
  readonly desk: Desk
  /** Starts a worker; `proxied` ones can be cut off. */
  start(options?: { readonly gates?: readonly Gate[]; readonly proxied?: boolean }): Promise<GatedWorker>
  /** Sends an entry to one account, or asks for its exit; in BTC unless told otherwise. */
  open(account: string, coin?: string): Promise<PositionId>
  close(account: string, coin?: string): Promise<void>
  ledger(account: string): ReturnType<Desk['oracle']>
  master(account: string): string
  /** Everything the book knows of a position and of what is owed and alerted, with revisions. */
  everything(account: string, id: PositionId): Promise<unknown>
}

/** Opens it, with one account for each name. */
export async function openFenceDesk(store: Store, accounts: readonly string[]): Promise<FenceDesk> {
  await using opened = new AsyncDisposableStack()
  let emulatorPort = 0
  if (store === 'firestore') {
    const emulator = await startFirestoreEmulator()
    opened.defer(() => emulator.stop())
    // Where this process finds it; a test file has a process of its own.
    process.env['FIRESTORE_EMULATOR_HOST'] = emulator.host
    emulatorPort = Number(emulator.host.split(':')[1])
  }
  const book = store === 'embedded' ? { type: store } : { type: store, project_id: `truebook-fence-${process.pid}` }
  const desk = await openDesk({
    accounts,
    config: { book },
    perAccount: () => Promise.resolve(Object.fromEntries(accounts.map((id) => [id, { strategies: [id] }]))),
    role: { stages: [], api: false },
  })
  opened.use(desk)
  let signals = 0
  const master = (account: string): string => {
    const found = desk.installation.accounts.find(({ id }) => id === account)
    if (found === undefined) throw new Error(`Expected an account of the desk, saw ${account}.`)
    return found.master
  }
  const all = opened.move()
  return {
    desk,
    master,
    async start({ gates = [], proxied = false } = {}) {
      const ways = proxied ? await openWays(desk, emulatorPort, all) : null
      return await startWorker({ desk, ways, gates }, all)
    },
    open: (account, coin = COIN) => desk.open(coin, { strategy: account, valid_for_ms: PATIENCE_MS }),
    async close(account, coin = COIN) {
      signals += 1
      const signal_id = `close-${account}-${signals}`
      await desk.signal({ kind: 'close', signal_id, instrument: `${coin}-PERP`, strategy: account })
    },
    ledger: (account) => desk.venue.engine.oracle.ledger(master(account)),
    everything: (account, id) => readAll(desk, account, id),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function openWays(desk: Desk, emulatorPort: number, opened: AsyncDisposableStack): Promise<Ways> {
  const proxy = async (port: number): Promise<TcpProxy> => {
    const made = await openTcpProxy({ port })
    opened.defer(() => made.close())
    return made
  }
  const venues = new Map<string, TcpProxy>()
  for (const { id } of desk.installation.accounts) venues.set(id, await proxy(desk.venue.port))
  return {
    redis: await proxy(desk.redis.port),
    book: emulatorPort === 0 ? null : await proxy(emulatorPort),
    venue: (account) => venues.get(account) as TcpProxy,
  }
}

interface Start {
  readonly desk: Desk
  readonly ways: Ways | null
  readonly gates: readonly Gate[]
}

async function startWorker(start: Start, opened: AsyncDisposableStack): Promise<GatedWorker> {
  const { ways } = start
  const child = spawn(process.execPath, [WORKER, configOf(start)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...(ways?.book != null && { FIRESTORE_EMULATOR_HOST: `127.0.0.1:${ways.book.port}` }),
    },
  })
  const exited = once(child, 'exit')
  opened.defer(async () => {
    // Ends one that is frozen, too.
    child.kill('SIGKILL')
    await exited
  })
  const reports: Report[] = []
  child.on('message', (report: Report) => reports.push(report))
  const tell = (order: Order): void => void child.send(order)
  const told = async <R extends Report['report']>(
    what: string,
    is: (report: Extract<Report, { report: R }>) => boolean,
    kind: R,
  ): Promise<Extract<Report, { report: R }>> =>
    await eventually(() => heard(child, reports, kind, is), { what, withinMs: 60_000 })
  tell({ order: 'start', gates: start.gates })
  await told('a worker to start', () => true, 'up')
  return {
    ways,
    held: async (gate) => void (await told(`the gate "${gate}" to hold`, (report) => report.gate === gate, 'held')),
    release: (gate) => tell({ order: 'release', gate }),
    endings: (gate) =>
      reports.flatMap((report) => (report.report === 'ended' && report.gate === gate ? [report.outcome] : [])),
    freeze: () => tell({ order: 'freeze' }),
    wake: () => void child.kill('SIGCONT'),
    book: (access) => tell({ order: 'book', away: access === 'away' }),
    clock: (offsetMs) => tell({ order: 'clock', offsetMs }),
    async rests() {
      const from = reports.length
      await eventually(
        () => {
          tell({ order: 'say-running' })
          return heard(child, reports.slice(from), 'running', ({ jobs }) => jobs === 0)
        },
        { what: 'the worker to work on nothing', everyMs: 100 },
      )
    },
  }
}

/** @throws where the process ended by itself */
function heard<R extends Report['report']>(
  child: ChildProcess,
  reports: readonly Report[],
  kind: R,
  is: (report: Extract<Report, { report: R }>) => boolean,
): Extract<Report, { report: R }> | undefined {
  if (child.exitCode !== null) throw new Error(`The worker ended with ${child.exitCode}.`)
  return reports.find(
    (report): report is Extract<Report, { report: R }> =>
      report.report === kind && is(report as Extract<Report, { report: R }>),
  )
}

/** The configuration of one worker: the desk's own, by way of its proxies. */
function configOf({ desk, ways }: Start): string {
  const { configFile } = desk.installation
  if (ways === null) return configFile
  const file = parse(readFileSync(configFile, 'utf8')) as {
    redis: { url: string }
    accounts: { id: string; base_url: string }[]
  }
  file.redis.url = `redis://127.0.0.1:${ways.redis.port}`
  for (const account of file.accounts) account.base_url = `http://127.0.0.1:${ways.venue(account.id).port}`
  const path = join(dirname(configFile), 'proxied.yaml')
  writeFileSync(path, stringify(file))
  return path
}

async function readAll({ truebook: { book } }: Desk, account: string, id: PositionId): Promise<unknown> {
  const [position, intents, orders, ledger, audit, outbox, alerts, accountRow] = await Promise.all([
    book.load('positions', id),
    book.list('intents', { where: { positionId: id } }),
    book.list('orders', { where: { positionId: id } }),
    book.list('ledger', { where: { positionId: id } }),
    book.list('audit', { where: { subject: id }, orderBy: { field: 'at', direction: 'ascending' } }),
    book.list('outbox', { orderBy: { field: 'createdAt', direction: 'ascending' } }),
    book.list('alerts', { orderBy: { field: 'raisedAt', direction: 'ascending' } }),
    book.load('accounts', account),
  ])
  return {
    position,
    intents,
    orders,
    ledger,
    audit,
    owed: outbox.filter(({ row }) => row.envelope.account === account),
    alerts: alerts.filter(({ row }) => row.account === account),
    exposures: accountRow?.row.exposures,
    locks: accountRow?.row.locks,
  }
}

/**
 * Lives of an account, each lived once: at the venue one order an intent and nothing else, in the book one ledger row with the
 * venue's own result, every intent settled, each decision once, nothing owed, nothing reserved.
 */
export async function assertEveryLife(fence: FenceDesk, account: string, ids: readonly PositionId[]): Promise<void> {
  const { desk } = fence
  const { book } = desk.truebook
  const owed = async (): Promise<unknown[]> => {
    const rows = await book.list('outbox', { orderBy: { field: 'createdAt', direction: 'ascending' } })
    return rows.filter(({ row }) => row.envelope.account === account && row.stage !== 'sweep')
  }
  await eventually(async () => (await owed()).length === 0, { what: `nothing owed at ${account}` })
  const intents = (await Promise.all(ids.map((id) => intentsOf(fence, id)))).flat()
  const open = intents.filter(({ settled }) => !settled).map(({ event, state }) => `${event} ${state}`)
  assert.deepEqual(open, [], 'every intent is settled')
  assertRefused(intents)
  assertOrders(fence.ledger(account), intents)
  assert.deepEqual(fence.ledger(account).positions, [], 'no exposure is left at the venue')
  assert.equal(desk.venue.engine.account.openOrders(fence.master(account)).length, 0, 'no order is left at the venue')
  for (const id of ids) await assertBooked(fence, account, id)
  assert.deepEqual((await book.load('accounts', account))?.row.exposures, {}, 'nothing is reserved any more')
}

/** The only life of an account. */
export async function assertOneLife(fence: FenceDesk, account: string, id: PositionId): Promise<void> {
  await assertEveryLife(fence, account, [id])
}

async function assertBooked(fence: FenceDesk, account: string, id: PositionId): Promise<void> {
  const { book } = fence.desk.truebook
  const position = await fence.desk.position(id)
  const ledger = await book.list('ledger', { where: { positionId: id } })
  assert.equal(ledger.length, position.state === 'closed' ? 1 : 0, 'one ledger row for a life that was traded')
  if (position.state === 'closed') assertEqualsBroker(position, fence.ledger(account))
  const audit = await book.list('audit', {
    where: { subject: id },
    orderBy: { field: 'at', direction: 'ascending' },
  })
  const decisions = audit.map(({ row }) => row.decision)
  const outcomes = decisions.filter((decision) =>
    /^((entry|exit) (accepted|absent|rejected)|closed .*)$/.test(decision),
  )
  assert.deepEqual(
    // A leg of the exit that the venue refused or never saw is followed by another.
    outcomes.filter((outcome) => !/^exit (absent|rejected)$/.test(outcome)).toSorted(),
    position.state === 'closed' ? ['closed signal', 'entry accepted', 'exit accepted'] : ['entry absent'],
    'each outcome once',
  )
}

/** Every accepted order of the book stands at the venue once, under the id that its position gives it, and the venue knows no other. */
function assertOrders({ orders }: ReturnType<Desk['oracle']>, intents: readonly IntentRow[]): void {
  const placed = intents.flatMap(({ command, state }) =>
    state === 'accepted' && command.type === 'new-order'
      ? [command.clientOrderId, ...(command.attachedStop === null ? [] : [command.attachedStop.clientOrderId])]
      : [],
  )
  assert.deepEqual(
    orders.map(({ order }) => (order.cloid ?? 'none').replace(/^0x/, '')).toSorted(),
    placed.toSorted(),
    'one order at the venue for each that the book knows',
  )
  for (const { intentId, positionId, event, leg } of intents) {
    if (event !== 'cancel') assert.equal(intentId, clientOrderIdOf(positionId, event, leg))
  }
  const nonces = intents.flatMap(({ request }) => (request?.nonce == null ? [] : [request.nonce]))
  assert.equal(new Set(nonces).size, nonces.length, 'no nonce stands in two requests')
}

/** Neither time nor a failed read is proof: the venue refuses the request's nonce, or its deadline has passed there. */
function assertRefused(intents: readonly IntentRow[]): void {
  for (const { event, state, evidence } of intents) {
    // A cancel is refused where the order is gone already.
    if (state !== 'rejected' || event === 'cancel') continue
    assert.match(evidence.at(-1)?.kind ?? 'none', /^(nonce-fence|deadline-passed)$/, event)
  }
}

async function intentsOf({ desk }: FenceDesk, id: PositionId): Promise<IntentRow[]> {
  return (await desk.truebook.book.list('intents', { where: { positionId: id } })).map(({ row }) => row)
}

/**
 * The alerts that a life has earned: of its requests that were proven never to have landed, one for all of a kind. What was said
 * of its exit is over with it.
 */
export async function earnedAlerts(fence: FenceDesk, id: PositionId): Promise<string[]> {
  const refused = (await intentsOf(fence, id)).filter(({ event, state }) => state === 'rejected' && event !== 'cancel')
  return [...new Set(refused.map(({ event }) => `${event}-rejected ${event === 'entry' ? 'active' : 'over'}`))]
}

/**
 * Alerts of an account in words, e.g. `exit-rejected over`. On a busy machine any answer may come later than a worker waits for it:
 * an outcome that was unknown for a while is no news, one that still is would be.
 */
export async function alertsOf({ desk }: FenceDesk, account: string): Promise<string[]> {
  const rows = await desk.alerts()
  return rows
    .filter((row) => row.account === account)
    .map(({ kind, active }) => `${kind} ${active ? 'active' : 'over'}`)
    .filter((alert) => alert !== 'unknown-order over')
}
