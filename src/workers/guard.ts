/** Guard: one look at an account under a prop programme, again and again by its schedule. Accounts without one need none. */
import type { Envelope } from '#domain/message.ts'
import { watchProgramme } from './programme-watch.ts'
import type { Tools, Verdict } from './worker.ts'

/** @throws BrokerUnavailable (what the clock demands has been asked for), BookUnavailable */
export async function guardAccount(envelope: Envelope, tools: Tools): Promise<Verdict> {
  const watch = await watchProgramme(envelope.account, tools)
  return watch === null ? { kind: 'done', next: [], detail: 'no programme' } : { kind: 'done', ...watch }
}
