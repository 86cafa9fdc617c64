/** Which fault befalls whom: matching, order, counts, and chance by seed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type FaultMatch,
  type FaultRule,
  faultRule,
  type FaultRuleInput,
} from '#simulators/hyperliquid/faults/fault.ts'
import { FaultScript, type FaultSubject } from '#simulators/venue/fault-script.ts'

const ORDER: FaultSubject<FaultMatch> = {
  path: '/exchange',
  action: 'order',
  info: undefined,
  channel: undefined,
  user: ['0xagent', '0xmaster'],
  cloid: ['0x01', '0x02'],
}

function script(...rules: FaultRuleInput[]): FaultScript<FaultRule> {
  const faults = new FaultScript<FaultRule>(7)
  for (const rule of rules) faults.add(faultRule.parse(rule))
  return faults
}

describe('a fault rule', () => {
  test('applies once by default, then the next one has its turn', () => {
    const faults = script({ fault: { kind: 'lose-request' } }, { fault: { kind: 'rate-limit' } })
    const kinds = [1, 2, 3].map(() => faults.ofRequest(ORDER)?.kind)
    assert.deepEqual(kinds, ['lose-request', 'rate-limit', undefined])
  })

  test('skips, counts, and applies without end when told', () => {
    const faults = script({ fault: { kind: 'rate-limit' }, skip: 2, count: 2 })
    const hits = [1, 2, 3, 4, 5].map(() => faults.ofRequest(ORDER) !== undefined)
    assert.deepEqual(hits, [false, false, true, true, false])
    assert.partialDeepStrictEqual(faults.list(), [{ id: 1, matches: 4, hits: 2 }])
    const endless = script({ fault: { kind: 'rate-limit' }, count: null })
    assert.ok([1, 2, 3, 4].every(() => endless.ofRequest(ORDER) !== undefined))
  })

  for (const [match, applies] of [
    [{ path: '/exchange', action: 'order', user: '0xMASTER', cloid: '0x02' }, true],
    [{ path: '/info' }, false],
    [{ action: 'cancel' }, false],
    [{ cloid: '0x03' }, false],
    [{ info: 'orderStatus' }, false],
  ] as const) {
    test(`with ${JSON.stringify(match)} ${applies ? 'applies' : 'does not apply'}`, () => {
      const faults = script({ match, fault: { kind: 'lose-request' } })
      assert.equal(faults.ofRequest(ORDER) !== undefined, applies)
    })
  }

  test('of one kind leaves the other kinds alone', () => {
    const faults = script({ fault: { kind: 'duplicate-event' } }, { fault: { kind: 'unknown-oid' } })
    assert.equal(faults.ofRequest(ORDER), undefined)
    assert.equal(faults.ofStream(ORDER)?.kind, 'duplicate-event')
    assert.equal(faults.ofRead(ORDER)?.kind, 'unknown-oid')
  })

  test('drawn by chance falls the same way for the same seed, near its probability', () => {
    const draw = (seed: number) => {
      const faults = new FaultScript<FaultRule>(seed)
      faults.add(faultRule.parse({ fault: { kind: 'rate-limit' }, count: null, probability: 0.25 }))
      return Array.from({ length: 2000 }, () => faults.ofRequest(ORDER) !== undefined)
    }
    assert.deepEqual(draw(3), draw(3))
    assert.notDeepEqual(draw(3), draw(4))
    const share = draw(3).filter(Boolean).length / 2000
    assert.ok(share > 0.2 && share < 0.3, `Expected about a quarter, saw ${share}.`)
  })

  test('can be taken back', () => {
    const faults = script({ fault: { kind: 'lose-request' } }, { fault: { kind: 'rate-limit' } })
    faults.clear(1)
    assert.equal(faults.ofRequest(ORDER)?.kind, 'rate-limit')
    faults.clear()
    assert.deepEqual(faults.list(), [])
  })
})
