/** Keeps the watchdog going: a timer of its own, in the API's process and in one that does nothing else. */
import type { Alerting } from '#alerting/alerting.ts'
import type { Book } from '#book/book.ts'
import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import { beginVigil, type Post } from '#domain/liveness.ts'
import type { Stage } from '#domain/message.ts'
import { QUEUES } from '#queues/queue.ts'
import { sitesFrom } from '#queues/site.ts'
import { lookAround, type Watched } from '#workers/watchdog.ts'
import type { Log } from '#workers/worker.ts'
import { accountsOf } from './site.ts'

export interface WatchdogGround {
  readonly config: Pick<Config, 'accounts' | 'sweep' | 'watchdog'>
  readonly book: Book
  readonly alerting: Alerting
  readonly log: Log
  readonly now: () => number
  /** A dead man's switch that is told while all is well. */
  readonly secrets: { readonly heartbeatUrl: Secret | null }
}

const LOOK_MS = 10_000
/** How often the dead man's switch is told, ms. */
const TELL_MS = 60_000
const TELL_TIMEOUT_MS = 10_000
/** Stages without which signals wait or positions are not managed; others only run where something is configured for them. */
const NEEDED: readonly Stage[] = ['route', 'precheck', 'place', 'monitor', 'close', 'reconcile', 'sweep', 'alerts']

/** Looks every ten seconds, one look at a time, until disposed; a look under way is ended before the book is taken from it. */
export function keepWatchdog(ground: WatchdogGround): AsyncDisposable {
  const { log, now } = ground
  const watched = watchedOf(ground.config)
  let vigil = beginVigil(now())
  let looking: Promise<void> | null = null
  let toldAt = Number.NEGATIVE_INFINITY
  const look = async (): Promise<void> => {
    try {
      const seen = await lookAround(vigil, watched, ground)
      vigil = seen.vigil
      if (seen.isWell && now() - toldAt >= TELL_MS) {
        toldAt = now()
        await tellSwitch(ground)
      }
    } catch (error) {
      // No word to the dead man's switch either: its silence says that nobody can say anything.
      log.error({ err: error }, 'nobody can say whether all is well; the next look tries again')
    }
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = null
    })
  }, LOOK_MS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await looking
    },
  }
}

/** What a configuration wants to see alive. */
export function watchedOf(config: Pick<Config, 'accounts' | 'sweep' | 'watchdog'>): Watched {
  const { accounts, sweep, watchdog } = config
  const posts = sitesFrom(accounts).all.flatMap((site): Post[] => {
    const there = accountsOf(config, site)
    if (there.length === 0) return []
    const isGuarded = there.some(({ policy: { programme } }) => programme !== null)
    return [
      {
        site,
        stages: isGuarded ? [...NEEDED, 'guard'] : NEEDED,
        // Futures have hours; perpetuals have none.
        accounts: there.map(({ id, venue }) => ({ account: id, alwaysPriced: venue !== 'projectx' })),
      },
    ]
  })
  return {
    posts,
    siteless: QUEUES.filter(({ siteless }) => siteless === true).map(({ stage }) => stage),
    ...watchdog,
    sweeps: { accounts: accounts.map(({ id }) => id), everyMs: sweep.everyMs },
  }
}

/** Asks for the address; a failure is only logged, for then the switch speaks up by itself. The address is a secret. */
async function tellSwitch({ secrets, log }: WatchdogGround): Promise<void> {
  if (secrets.heartbeatUrl === null) return
  try {
    const response = await fetch(secrets.heartbeatUrl.reveal(), {
      redirect: 'manual',
      signal: AbortSignal.timeout(TELL_TIMEOUT_MS),
    })
    await response.body?.cancel()
    if (!response.ok) log.warn({ status: response.status }, 'the heartbeat address expected an answer 2xx, saw another')
  } catch (error) {
    log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'the heartbeat address did not answer')
  }
}
