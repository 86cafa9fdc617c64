/** Before anything trades: every account proves that its key can trade and cannot move funds. Else nothing starts. */
import type { Broker } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import type { Log } from '#workers/worker.ts'

/** An account's credentials are not what they must be; the message says what to do. */
export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused'
}

/** Logs warnings. @throws CredentialsRefused on the first failed check, BrokerUnavailable */
export async function requireCredentials(broker: Broker, now: number, log: Log): Promise<void> {
  const findings = await broker.checkCredentials(now)
  const failed = findings.filter((finding) => finding.level === 'fail')
  if (failed.length > 0) {
    const list = failed.map(({ check, detail, fix }) => `${check}: ${detail} ${fix ?? ''}`.trim())
    throw new CredentialsRefused(`Account ${broker.account} may not trade. ${list.join(' ')}`)
  }
  for (const { level, check, detail, fix } of findings) {
    if (level === 'warn') log.warn({ account: broker.account, check, detail, fix }, 'doubt about credentials')
  }
}

/** Repeats an action while the venue is away: a restart during its outage must not end in a crash loop. @throws what is no outage, or stays */
export async function whenVenueAnswers<T>(
  action: () => Promise<T>,
  terms: { readonly patienceMs: number; readonly log: Log; readonly pause: (ms: number) => Promise<void> },
): Promise<T> {
  const deadline = performance.now() + terms.patienceMs
  for (let wait = 500; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof BrokerUnavailable) || performance.now() + wait > deadline) throw error
      terms.log.warn({ err: error, retry_in_ms: wait }, 'the venue does not answer yet')
      await terms.pause(wait)
    }
  }
}
