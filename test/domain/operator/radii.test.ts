/** What quarantine, release, acknowledge, sweep and retry-job touch, and when each is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acknowledgedAlert } from '#domain/alerts.ts'
import { monitorEnvelope, placeEnvelope } from '#domain/envelopes.ts'
import { clientOrderIdOf } from '#domain/ids.ts'
import { quarantineRadius, releaseRadius } from '#domain/operator/account-state.ts'
import { acknowledgeRadius, sweepRadius } from '#domain/operator/asking.ts'
import { type Radius, type Refusal, touched, radiusOf } from '#domain/operator/radius.ts'
import { retryOf, retryRadius } from '#domain/operator/retrying.ts'
import type { DeadJob, OperatorView } from '#domain/operator/view.ts'
import { NOW, POSITION, aPosition, d } from '../samples.ts'
import { aView, anAlert, held, viewed } from './view.ts'

function accountsOf(answer: Radius | Refusal): readonly string[] {
  assert.ok('accounts' in answer, JSON.stringify(answer))
  return answer.accounts
}

test('the value of a touched position is its share of what was reserved for it; unknown where nothing was', () => {
  const exposure = { positionId: POSITION, side: 'long', notional: d('5000'), size: d('2'), root: null } as const
  const view = aView({ accounts: [viewed('account', ['*'], { exposures: { 'BTC-PERP': exposure } })] })
  const half = held(POSITION, aPosition())
  assert.deepEqual(touched([half], view), [
    {
      positionId: POSITION,
      account: 'account',
      instrument: 'BTC-PERP',
      side: 'long',
      size: '1',
      notionalUsd: '2500',
    },
  ])
  const unknown = touched([held('x', aPosition({ account: 'gone' }))], view)
  assert.equal(unknown[0]?.notionalUsd, null)
  assert.equal(radiusOf([], [], { positions: touched([half, half], view) }).notionalUsd, '5000')
  assert.equal(radiusOf([], [], { positions: [...touched([half], view), ...unknown] }).notionalUsd, null)
})

test('an account is quarantined once, and released only from a state that holds it back', () => {
  const quarantined = aView({ accounts: [viewed('alpha', ['*'], { state: 'quarantined' })] })
  const action = { account: 'alpha' } as const
  assert.deepEqual(accountsOf(quarantineRadius({ verb: 'quarantine', ...action }, aView())), ['alpha'])
  assert.equal('refused' in quarantineRadius({ verb: 'quarantine', ...action }, quarantined), true)
  assert.equal('refused' in releaseRadius({ verb: 'release', ...action }, aView()), true)
  const release = releaseRadius({ verb: 'release', ...action }, quarantined)
  assert.deepEqual(
    'against' in release && release.against,
    ['alpha: no sweep has compared broker and book yet.'].slice(1),
  )
  assert.equal('refused' in releaseRadius({ verb: 'release', account: 'gamma' }, quarantined), true)
})

test('an acknowledgement says whether the alert ends, and is refused where there is none, or it was seen, or it ended', () => {
  const action = { verb: 'acknowledge', alert: 'alert-1' } as const
  const of = (alert: OperatorView['alert']) => acknowledgeRadius(action, aView({ alert }))
  const orphan = of(held('alert-1', anAlert()))
  assert.ok('lines' in orphan && orphan.lines.some((line) => line.includes('it ends now')))
  const naked = of(held('alert-1', anAlert({ kind: 'naked-position' })))
  assert.ok('lines' in naked && naked.lines.some((line) => line.includes('ends when its cause ends')))
  const seen = acknowledgedAlert(anAlert({ kind: 'naked-position' }), { by: 'olga', at: 1, why: 'seen' })
  const refusals = [of(null), of(held('alert-1', seen)), of(held('alert-1', anAlert({ active: false })))]
  assert.deepEqual(
    refusals.map((answer) => 'refused' in answer && answer.refused),
    ['not_found', 'conflict', 'conflict'],
  )
})

test('a sweep names whom it asks for, and no account that is none', () => {
  assert.deepEqual(accountsOf(sweepRadius({ verb: 'sweep', account: '*' }, aView())), ['alpha', 'beta'])
  assert.equal('refused' in sweepRadius({ verb: 'sweep', account: 'gamma' }, aView()), true)
})

const ENVELOPE = placeEnvelope(
  { positionId: POSITION, account: 'alpha' },
  clientOrderIdOf(POSITION, 'entry', 0),
  'x',
  NOW,
)
const JOB: DeadJob = {
  queue: 'place',
  jobId: ENVELOPE.idempotency_key,
  stage: 'place',
  why: 'invalid message',
  since: NOW,
  envelope: ENVELOPE,
  ids: { account: 'alpha' },
}
const OWED = held(JOB.jobId, { envelope: ENVELOPE, stage: 'place', createdAt: NOW } as const)
const PROCESSED = held(JOB.jobId, {
  idempotencyKey: ENVELOPE.idempotency_key,
  stage: 'place',
  account: 'alpha',
  positionId: POSITION,
  outcome: { result: 'done', detail: 'accepted' },
  at: NOW,
} as const)

test('a dead job runs again only when the book owes its very message at its stage', () => {
  const monitor = monitorEnvelope({ positionId: POSITION, account: 'alpha' }, 'x', NOW)
  const cases = [
    [{ job: JOB, owed: OWED, processed: null }, 'run'],
    // The copy in the queue may be spoilt: what the book owes is what counts.
    [{ job: { ...JOB, envelope: null }, owed: OWED, processed: null }, 'run'],
    [
      {
        job: JOB,
        owed: held(JOB.jobId, { envelope: monitor, stage: 'monitor', createdAt: 1 } as const),
        processed: null,
      },
      /stage monitor/,
    ],
    [{ job: JOB, owed: null, processed: PROCESSED }, /was processed: accepted/],
    [{ job: JOB, owed: null, processed: null }, /not owed any more/],
    [{ job: { ...JOB, envelope: null }, owed: null, processed: null }, /no message of ours/],
    [{ job: { ...JOB, stage: 'sweep' }, owed: null, processed: null }, /repeats by the clock/],
  ] as const
  for (const [dead, expected] of cases) {
    const retry = retryOf(dead)
    if (expected === 'run') assert.equal(retry.kind, 'run')
    else assert.match(retry.kind === 'remove' ? retry.because : 'run', expected)
  }
})

test('a retry tells which of both it is, and of no job that it is not there', () => {
  const action = { verb: 'retry-job', queue: 'place', job: JOB.jobId } as const
  const run = retryRadius(action, aView({ dead: { job: JOB, owed: OWED, processed: null } }))
  assert.ok('lines' in run && run.lines.some((line) => line.includes('runs again')))
  assert.deepEqual('accounts' in run && run.accounts, ['alpha'])
  const gone = retryRadius(action, aView({ dead: { job: JOB, owed: null, processed: PROCESSED } }))
  assert.ok('lines' in gone && gone.lines.some((line) => line.startsWith('Nothing is run')))
  assert.equal('refused' in retryRadius(action, aView()), true)
})
