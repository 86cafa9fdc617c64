/** One schema for every action: what it takes, what it fills in, what it refuses; and the role that each verb needs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountOfAction, actionOf, actionRequestSchema } from '#domain/operator/action.ts'
import { ROLE_OF_VERB } from '#domain/operator/roles.ts'
import { signalSchema } from '#domain/signal.ts'

const GOOD = [
  [{ verb: 'sweep' }, { verb: 'sweep', account: '*' }],
  [
    { verb: 'halt', why: ' x ' },
    { verb: 'halt', scope: { kind: 'all' } },
  ],
  [
    { verb: 'resume', scope: { kind: 'strategy', strategy: 'a/b' } },
    { verb: 'resume', scope: { kind: 'strategy', strategy: 'a/b' } },
  ],
  [
    { verb: 'flatten', account: 'a', instrument: 'BTC-PERP' },
    { verb: 'flatten', account: 'a', instrument: 'BTC-PERP' },
  ],
  [
    { verb: 'retry-job', queue: 'place@mac', job: 'pos-1.place' },
    { verb: 'retry-job', queue: 'place@mac', job: 'pos-1.place' },
  ],
] as const

for (const [request, action] of GOOD) {
  test(`${JSON.stringify(request)} is understood`, () => {
    assert.deepEqual(actionOf(actionRequestSchema.parse(request)), action)
  })
}

const BAD = [
  {},
  { verb: 'delete' },
  { verb: 'halt', scope: { kind: 'account' } },
  { verb: 'halt', scope: { kind: 'strategy', strategy: 'a b' } },
  { verb: 'halt', why: '   ' },
  { verb: 'halt', account: 'a' },
  { verb: 'quarantine' },
  { verb: 'quarantine', account: 'a', force: true },
  { verb: 'adopt', account: 'a' },
  { verb: 'sweep', why: 'x'.repeat(501) },
  { verb: 'sweep', confirm: 7 },
]
for (const request of BAD) {
  test(`${JSON.stringify(request).slice(0, 80)} is refused`, () => {
    assert.equal(actionRequestSchema.safeParse(request).success, false)
  })
}

test('what lets exposure in, ends positions or changes what is ours needs an admin; the rest an operator', () => {
  const admins = Object.entries(ROLE_OF_VERB).flatMap(([verb, role]) => (role === 'admin' ? [verb] : []))
  assert.deepEqual(admins.toSorted(), ['adopt', 'flatten', 'ignore', 'release', 'resume', 'retry-job', 'unignore'])
})

test('the account of an action is its own, or that of its scope', () => {
  const scope = { kind: 'account', account: 'a' } as const
  assert.deepEqual(
    [
      accountOfAction({ verb: 'halt', scope }),
      accountOfAction({ verb: 'halt', scope: { kind: 'all' } }),
      accountOfAction({ verb: 'sweep', account: '*' }),
      accountOfAction({ verb: 'release', account: 'b' }),
    ],
    ['a', null, '*', 'b'],
  )
})

test('a reason is one line that shows what it says; nothing is refused for it, since an exit may hang on it', () => {
  const asked = { verb: 'flatten', account: 'alpha' }
  const reasons = ['over\nall: ended', 'x\u001B]0;title\u0007', 'half \uD83D', '\u202Eturned']
  assert.deepEqual(
    reasons.map((why) => actionRequestSchema.parse({ ...asked, why }).why),
    ['over all: ended', 'x ]0;title', 'half', 'turned'],
  )
  const signal = { kind: 'flatten', signal_id: 's', source: 'x', strategy: 'y', ts: 1, reason: 'a\nb' }
  assert.equal((signalSchema.parse(signal) as { reason: string }).reason, 'a b')
})
