/** Every fault that the simulators know, as rules a storm scripts at them. */
import type { FaultRuleInput as BybitRule } from '#simulators/bybit/faults/fault.ts'
import type { FaultRuleInput as HyperliquidRule } from '#simulators/hyperliquid/faults/fault.ts'
import type { FaultRuleInput as ProjectXRule } from '#simulators/projectx/faults/fault.ts'
import type { RequestFault, StreamFault } from '#simulators/venue/faults.ts'
import { pick } from './plan.ts'

/** Faults of a request; `hang` and `garbage` with and without effect. */
const REQUEST_FAULTS: readonly RequestFault[] = [
  { kind: 'lose-request' },
  { kind: 'lose-response' },
  { kind: 'error-after-commit', status: 502 },
  { kind: 'error', status: 500 },
  { kind: 'rate-limit' },
  { kind: 'delay', when: 'before', ms: 1_500 },
  { kind: 'delay', when: 'after', ms: 1_500 },
  { kind: 'hang', processed: true },
  { kind: 'hang', processed: false },
  { kind: 'garbage', processed: true, body: '<html>upstream</html>' },
  { kind: 'garbage', processed: false, body: '<html>upstream</html>' },
]

const STREAM_FAULTS: readonly StreamFault[] = [
  { kind: 'duplicate-event' },
  { kind: 'withhold-event', releaseAfterMs: 1_500 },
  { kind: 'withhold-event' },
  { kind: 'drop-socket' },
]

const HYPERLIQUID_FAULTS: readonly HyperliquidRule['fault'][] = [
  ...REQUEST_FAULTS,
  ...STREAM_FAULTS,
  { kind: 'stale', ms: 1_500 },
  { kind: 'unknown-oid' },
  { kind: 'truncate', rows: 1 },
]

const BYBIT_FAULTS: readonly BybitRule['fault'][] = [
  ...REQUEST_FAULTS,
  ...STREAM_FAULTS,
  { kind: 'ret-code', code: 10_016 },
  { kind: 'ret-code', code: 10_016, processed: true },
  { kind: 'ip-ban' },
  { kind: 'hide-order' },
  { kind: 'stale', ms: 1_500 },
  { kind: 'truncate', rows: 1 },
  { kind: 'log-lag' },
]

const PROJECTX_FAULTS: readonly ProjectXRule['fault'][] = [
  ...REQUEST_FAULTS,
  ...STREAM_FAULTS,
  { kind: 'error-code', code: 6 },
  { kind: 'error-code', code: 6, processed: true },
  { kind: 'unauthorized' },
  { kind: 'hide-order' },
  { kind: 'stale', ms: 1_500 },
  { kind: 'truncate', rows: 1 },
  { kind: 'trade-lag', rows: 1 },
]

/** A fault on order entry: the requests whose outcome must never be guessed. */
const ORDER_ENTRY = { hyperliquid: '/exchange', bybit: '/v5/order/create', projectx: '/api/Order/place' } as const

const REQUEST_KINDS: ReadonlySet<string> = new Set(REQUEST_FAULTS.map(({ kind }) => kind))

/** A rule of each venue by draws: which fault, of order entry or of anything, and how many requests it hits. */
export function faultRules(draws: readonly number[]): {
  readonly hyperliquid: HyperliquidRule
  readonly bybit: BybitRule
  readonly projectx: ProjectXRule
} {
  const [, which, where = 0, howOften = 0] = draws
  const count = 1 + Math.floor(howOften * 4)
  const onOrders = where < 0.6
  const hyperliquid = pick(HYPERLIQUID_FAULTS, which) as HyperliquidRule['fault']
  const bybit = pick(BYBIT_FAULTS, which) as BybitRule['fault']
  const projectx = pick(PROJECTX_FAULTS, which) as ProjectXRule['fault']
  const isAbout = ({ kind }: { readonly kind: string }): boolean =>
    onOrders && (REQUEST_KINDS.has(kind) || kind === 'ret-code' || kind === 'error-code')
  return {
    hyperliquid: {
      ...(isAbout(hyperliquid) && { match: { path: ORDER_ENTRY.hyperliquid } }),
      fault: hyperliquid,
      count,
    },
    bybit: { ...(isAbout(bybit) && { match: { path: ORDER_ENTRY.bybit } }), fault: bybit, count },
    projectx: { ...(isAbout(projectx) && { match: { path: ORDER_ENTRY.projectx } }), fault: projectx, count },
  }
}
