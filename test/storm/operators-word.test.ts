/** What operators do, held against fabricated evidence: each promise about it can be seen broken. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { positionIdOf } from '#domain/ids.ts'
import type { AlertRow, AuditRow } from '#domain/records.ts'
import { signalSchema } from '#domain/signal.ts'
import type { Invariant } from '#storm/invariants/breach.ts'
import { checkEvidence } from '#storm/invariants/check.ts'
import { NOW } from '#test/domain/samples.ts'
import { type Change, POSITION, anAlert, evidenceWith, record } from './fabricated.ts'

const ON_BTC = { account: 'one', instrument: 'BTC-PERP' }
/** Long after the fabricated position's life. */
const LATER = NOW + 40_000

/** The fabricated position's entry left at `sentAt`, with these records. */
function entered(sentAt: number, ...records: readonly AuditRow[]): Change {
  return { intent: { sentAt }, book: { records } }
}

const on = (id: string, decision: string, seq: number, at: number): AuditRow =>
  record(decision, seq, { subjectKind: 'control', subject: id, at, inputs: { confirmation: `${id} ${seq}` } })

function flattened(change: Partial<AuditRow['inputs']>, openAtRest: readonly string[], createdAt = NOW): Change {
  const inputs = { target: ON_BTC, before: { positions: [] }, confirmation: 'f', ...change }
  return {
    position: { createdAt },
    book: { records: [record('flatten', 0, { at: NOW + 5_000, inputs })] },
    evidence: { openAtRest: openAtRest.map((positionId) => ({ positionId, naked: false })) },
  }
}

function canceled(state: string, naked: boolean, sentAt = NOW): Change {
  const word = { by: 'operator', at: NOW + 5_000, why: '' }
  const about = { subjectKind: 'positions', subject: POSITION } as const
  const inputs = { target: { account: 'one' }, before: { state }, confirmation: 'c' }
  return {
    intent: { sentAt },
    position: { cancelEntry: word },
    book: { records: [record('cancel-orders', 4, { ...about, at: NOW + 5_000, inputs })] },
    evidence: { openAtRest: [{ positionId: POSITION, naked }] },
  }
}

function acknowledged(row: Partial<AlertRow>): Change {
  const alert = anAlert('equity-unexplained', { alertId: 'seen', ...row })
  const inputs = { target: { alert: 'seen' }, before: { alertId: 'seen' }, confirmation: 'k' }
  return { book: { alerts: [alert], records: [record('acknowledge', 0, { at: NOW + 5_000, inputs })] } }
}

const ACTED = { action: { verb: 'quarantine', account: 'one' }, by: 'operator', at: LATER } as const

/** A flatten's signal, beside the record and the outcome that it has. */
function flattenSignal(recorded: boolean, routed: boolean): Change {
  const before = evidenceWith().book
  const [signal] = before.signals
  const flatten = signalSchema.parse({
    kind: 'flatten',
    signal_id: 'flatten-f',
    source: 'operator',
    strategy: 'operator',
    ts: NOW,
    accounts: ['one'],
    reason: 'r',
  })
  const id = `pos-${'f'.repeat(32)}` as never
  const [outcome] = before.routed
  const key = 'sig-flatten' as never
  return {
    book: {
      signals: [signal!, { ...signal!, signalKey: key, signal: flatten, positionIds: [id] }],
      routed: routed ? [outcome!, { ...outcome!, idempotencyKey: keyOf(key) }] : [outcome!],
      records: recorded ? [record('flatten', 0, { at: LATER, inputs: { after: { asked: 'flatten-f' } } })] : [],
    },
  }
}

function keyOf(signalKey: never) {
  return `${positionIdOf(signalKey, 'one')}.route` as never
}

/** What is wrong with the evidence, and which promise that breaks; null: none. */
const CASES: readonly (readonly [string, Invariant | null, Change])[] = [
  ['an entry left while everything was halted', 'gates', entered(LATER, on('global', 'halt', 0, NOW))],
  ['an entry left while its account was halted', 'gates', entered(LATER, on('account.one', 'halt', 0, NOW))],
  ['an entry left while its strategy was halted', 'gates', entered(LATER, on('strategy.coins', 'halt', 0, NOW))],
  ['an entry left while another strategy was halted', null, entered(LATER, on('strategy.index', 'halt', 0, NOW))],
  ['an entry left while another account was halted', null, entered(LATER, on('account.two', 'halt', 0, NOW))],
  [
    'an entry left after the resume',
    null,
    entered(LATER, on('account.one', 'halt', 0, NOW), on('account.one', 'resume', 1, NOW + 9_000)),
  ],
  [
    'halted again after a resume',
    'gates',
    entered(
      LATER,
      on('global', 'halt', 0, NOW),
      on('global', 'resume', 1, NOW + 9_000),
      on('global', 'halt', 2, NOW + 10_000),
    ),
  ],
  ['an entry left in quarantine', 'gates', entered(LATER, record('quarantine', 0))],
  [
    'an entry left after its release',
    null,
    entered(LATER, record('quarantine', 0), record('release', 1, { at: NOW + 9_000 })),
  ],
  [
    'a process stood still between its look and its sending',
    null,
    { ...entered(NOW + 6_000, record('quarantine', 0)), evidence: { standstillMs: 5_000 } },
  ],
  ['flattened, and flat at rest', null, flattened({ before: { positions: [{ positionId: POSITION }] } }, [])],
  [
    'flattened as shown, and open at rest',
    'operators-word',
    flattened({ before: { positions: [{ positionId: POSITION }] } }, [POSITION], NOW + 20_000),
  ],
  ['in the book when it was flattened, and open at rest', 'operators-word', flattened({}, [POSITION])],
  ['opened after the flatten', null, flattened({}, [POSITION], NOW + 20_000)],
  ['another instrument was flattened', null, flattened({ target: { ...ON_BTC, instrument: 'ETH-PERP' } }, [POSITION])],
  ['an entry under way was canceled', null, canceled('entering', false)],
  ['a position was canceled that had been entered', 'operators-word', canceled('open', false)],
  ['its stop came down with the entry', 'operators-word', canceled('entering', true)],
  ['it was entered after its entry was canceled', 'operators-word', canceled('pending', false, NOW + 20_000)],
  ['acknowledged, and stays so', null, acknowledged({ acknowledged: { by: 'operator', at: NOW + 5_000, why: '' } })],
  ['acknowledged, and nobody knows', 'operators-word', acknowledged({})],
  [
    'acknowledged, and somebody else’s word stands there',
    'operators-word',
    acknowledged({ acknowledged: { by: 'other', at: NOW + 9_000, why: '' } }),
  ],
  [
    'done, and the record is where it was said to be',
    null,
    {
      book: { records: [record('quarantine', 3, { at: LATER })] },
      evidence: { acts: [{ ...ACTED, records: [{ subject: 'accounts.one', seq: 3 }] }] },
    },
  ],
  [
    'done, and its record is missing',
    'records-proven',
    { evidence: { acts: [{ ...ACTED, records: [{ subject: 'accounts.one', seq: 3 }] }] } },
  ],
  ['done without a record', 'records-proven', { evidence: { acts: [{ ...ACTED, records: [] }] } }],
  [
    'one confirmation, done twice',
    'records-proven',
    {
      book: {
        records: [0, 1].map((seq) => record('quarantine', seq, { at: LATER, inputs: { confirmation: 'same' } })),
      },
    },
  ],
  ['a flatten that an operator asked for', null, flattenSignal(true, true)],
  ['a flatten that nobody asked for', 'signals-kept', flattenSignal(false, true)],
  ['a flatten without an outcome', 'signals-kept', flattenSignal(true, false)],
]

for (const [what, invariant, change] of CASES) {
  test(`${what}: ${invariant ?? 'no promise is broken'}`, () => {
    const breaches = checkEvidence(evidenceWith(change))
    const broken = new Set(breaches.map((breach) => breach.invariant))
    if (invariant === null) assert.deepEqual(breaches, [])
    else assert.ok(broken.has(invariant), `saw ${[...broken].join(', ') || 'none'}`)
  })
}
