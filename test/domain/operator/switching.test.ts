/** What a halt touches, and what a resume says stands against it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controlIdOf, controlsOver, firstHalt, scopeOfControl, type Scope } from '#domain/control.ts'
import type { Radius, Refusal } from '#domain/operator/radius.ts'
import { standingAgainst } from '#domain/operator/standing.ts'
import { haltRadius, resumeRadius } from '#domain/operator/switching.ts'
import { NOW, aPosition } from '../samples.ts'
import { aSweep, aView, anAlert, anUnknownIntent, held, viewed } from './view.ts'

const OFF = { tradingEnabled: false, by: 'olga', why: 'venue incident', at: NOW }
const SCOPES: Scope[] = [
  { kind: 'all' },
  { kind: 'account', account: 'hl-main' },
  { kind: 'strategy', strategy: 'trend/2@x' },
]

function radius(answer: Radius | Refusal): Radius {
  assert.ok(!('refused' in answer), JSON.stringify(answer))
  return answer
}

test('a scope and the id of its switch name each other', () => {
  assert.deepEqual(
    SCOPES.map((scope) => scopeOfControl(controlIdOf(scope))),
    SCOPES,
  )
  assert.equal(scopeOfControl('else'), null)
})

test('the first switch that is off counts, whichever it is', () => {
  const [all, account, strategy] = controlsOver('hl-main', 'trend').map((id) => held(id, OFF))
  assert.equal(firstHalt([null, null, null]), null)
  assert.equal(firstHalt([held('global', { ...OFF, tradingEnabled: true }), null, null]), null)
  assert.deepEqual(firstHalt([all ?? null, account ?? null])?.scope, { kind: 'all' })
  assert.deepEqual(firstHalt([null, account ?? null])?.scope, { kind: 'account', account: 'hl-main' })
  assert.deepEqual(firstHalt([null, null, strategy ?? null])?.scope, { kind: 'strategy', strategy: 'trend' })
})

test('a halt touches accounts and strategies of its scope, no position, and is the same whatever trades meanwhile', () => {
  const all = radius(haltRadius({ verb: 'halt', scope: { kind: 'all' } }, aView()))
  assert.deepEqual(
    [all.accounts, all.strategies, all.positions, all.orders],
    [['alpha', 'beta'], ['*', 'trend'], [], 0],
  )
  const busy = aView({ positions: [held('p', aPosition({ account: 'alpha' }))] })
  assert.deepEqual(haltRadius({ verb: 'halt', scope: { kind: 'all' } }, busy), all)
  const one = radius(haltRadius({ verb: 'halt', scope: { kind: 'account', account: 'beta' } }, aView()))
  assert.deepEqual([one.accounts, one.strategies], [['beta'], ['trend']])
  const carry = radius(haltRadius({ verb: 'halt', scope: { kind: 'strategy', strategy: 'carry' } }, aView()))
  assert.deepEqual([carry.accounts, carry.strategies], [['alpha'], ['carry']])
})

test('a halt of a strategy that no account takes says so; one of an unknown account is refused', () => {
  const view = aView({ accounts: [viewed('beta', ['trend'])] })
  const stranger = radius(haltRadius({ verb: 'halt', scope: { kind: 'strategy', strategy: 'trnd' } }, view))
  assert.match(stranger.lines.at(-1) ?? '', /No account takes this strategy/)
  const refused = haltRadius({ verb: 'halt', scope: { kind: 'account', account: 'gamma' } }, aView())
  assert.deepEqual(refused, { refused: 'invalid', message: 'account: expected one of alpha, beta, saw "gamma".' })
})

test('a resume of what is not halted is refused; one of what is names who halted it', () => {
  const scope = { kind: 'all' } as const
  const idle = resumeRadius({ verb: 'resume', scope }, aView())
  assert.equal('refused' in idle && idle.refused, 'conflict')
  const view = aView({ controls: [held('global', OFF)] })
  const { lines, against } = radius(resumeRadius({ verb: 'resume', scope }, view))
  assert.ok(lines.includes('They were halted by olga: venue incident.'))
  assert.deepEqual(against, [])
})

test('what stands against a re-arm: states, locks, unknown orders, sweeps, critical alerts, other halts', () => {
  const lock = { reason: 'size-drift', since: 1, alertId: null }
  const view = aView({
    accounts: [
      viewed('alpha', ['*'], { state: 'quarantined', locks: { 'ETH-PERP': lock, '*': lock } }),
      viewed('beta', ['trend']),
    ],
    intents: [anUnknownIntent('alpha'), anUnknownIntent('alpha')],
    sweeps: [aSweep('alpha', { complete: false })],
    alerts: [
      held('a', anAlert({ alertId: 'a' })),
      held('b', anAlert({ alertId: 'b', account: '*', title: 'No sweep runs' })),
      held('c', anAlert({ alertId: 'c', severity: 'warning' })),
      held('d', anAlert({ alertId: 'd', acknowledged: { by: 'olga', at: 1, why: 'seen' } })),
    ],
    controls: [held('global', OFF), held('account.beta', OFF)],
  })
  assert.deepEqual(standingAgainst(['alpha', 'beta'], view, 'global'), [
    'alpha is quarantined: its entries stay denied.',
    'alpha: entries on the whole account are locked (size-drift).',
    'alpha: entries on ETH-PERP are locked (size-drift).',
    'alpha: the outcome of 2 orders is not known.',
    'alpha: the last sweep was incomplete, it concluded nothing.',
    'beta: no sweep has compared broker and book yet.',
    'Critical and not acknowledged, alpha: BTC-PERP was closed elsewhere.',
    'Critical and not acknowledged, all accounts: No sweep runs.',
    'Entries of account beta stay halted by olga: venue incident.',
  ])
  assert.ok(!standingAgainst(['beta'], view, null).some((line) => line.startsWith('alpha')))
})
