/**
 * The contract of the Broker port as numbered cases, for any venue whose simulator can misbehave on command. A case that
 * a venue's declared capabilities rule out is not registered for it.
 */
import { describe } from 'node:test'
import { describeAmbiguity } from './contract/ambiguity.ts'
import { describeAttachedStop } from './contract/attached-stops.ts'
import { describeCancels } from './contract/cancels.ts'
import { describeFence } from './contract/fences.ts'
import type { ContractSubject } from './contract/harness.ts'
import { describeIntents } from './contract/intents.ts'
import { describeReads } from './contract/reads.ts'
import { describeSending } from './contract/sending.ts'
import { describeStream } from './contract/stream.ts'

// Many cases wait for a silence to end; each has a venue of its own.
const CONCURRENCY = 6

/** Registers every case that applies. */
export function describeBrokerContract(subject: ContractSubject): void {
  describe(`broker contract on ${subject.venue}`, { concurrency: CONCURRENCY }, () => {
    describeReads(subject)
    describeSending(subject)
    describeAmbiguity(subject)
    describeCancels(subject)
    if (subject.capabilities.fence) describeFence(subject)
    if (subject.capabilities.attachedStop) describeAttachedStop(subject)
    describeStream(subject)
    describeIntents(subject)
  })
}
