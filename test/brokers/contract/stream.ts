/** Contract cases 7: the stream hints and announces its gaps. */
import assert from 'node:assert/strict'
import type { Hint } from '#brokers/broker.ts'
import { type ContractSubject, caseOf } from './harness.ts'

/** Registers the cases. */
export function describeStream({ open }: ContractSubject): void {
  const check = caseOf(open)
  check('7.1 B12: every connection is announced, also after a cut, and what happens is hinted', async (harness) => {
    const hints: Hint[] = []
    let wake: () => void = () => undefined
    await using _watching = harness.broker.watch((hint) => {
      hints.push(hint)
      wake()
    })
    const until = async (what: string, met: () => boolean): Promise<void> => {
      const limit = AbortSignal.timeout(20_000)
      while (!met()) {
        await new Promise<void>((resolve, reject) => {
          wake = resolve
          limit.addEventListener('abort', () => reject(new Error(`no ${what}: ${JSON.stringify(hints)}`)), {
            once: true,
          })
        })
      }
    }
    const count = (kind: Hint['kind']): number => hints.filter((hint) => hint.kind === kind).length
    await until('connection', () => count('connected') === 1)
    await until('mark', () => hints.some((hint) => hint.kind === 'mark' && hint.marks.has(harness.instrument)))
    harness.tradeByHand('buy', harness.size)
    await until('hint of fills', () => count('fills') > 0)
    harness.cutStream()
    await until('second connection', () => count('connected') === 2)
    assert.equal(count('disconnected'), 1)
    const fills = count('fills')
    harness.tradeByHand('sell', harness.size)
    await until('hint of fills after the cut', () => count('fills') > fills)
  })
}
