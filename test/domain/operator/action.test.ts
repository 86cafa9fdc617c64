/** One schema for every action: what it takes, what it fills in, what it refuses; and the role that each verb needs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountOfAction, actionOf, actionRequestSchema } from '#domain/operator/action.ts'
import { ROLE_OF_VERB } from '#domain/operator/roles.ts'

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
