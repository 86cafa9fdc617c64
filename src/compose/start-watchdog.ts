/** The watchdog as a process of its own: book and sinks, no Redis and no venue. It holds no trading credential. */
import type { Config } from '#config/config.ts'
import { createLog } from '#telemetry/log.ts'
import type { Log } from '#workers/worker.ts'
import { openSinks } from './alert-sinks.ts'
import { clockOf } from './clock.ts'
import { openBook } from './open-book.ts'
import { readSecrets } from './secrets.ts'
import { keepWatchdog } from './watchdog.ts'

/** A watchdog that runs. */
export interface RunningWatchdog extends AsyncDisposable {
  readonly log: Log
}

/** @throws SecretUnavailable, BookUnavailable */
export async function startWatchdog(config: Config, options: { readonly log?: Log } = {}): Promise<RunningWatchdog> {
  await using opened = new AsyncDisposableStack()
  const secrets = readSecrets(config, { trades: false, serves: false, watches: true, site: null })
  const log = options.log ?? createLog({ level: config.log.level, secrets: secrets.all })
  for (const warning of secrets.warnings) log.warn({}, warning)
  const book = await openBook(config.book)
  opened.defer(() => book.close())
  const now = clockOf(config)
  const alerting = openSinks({ config, secrets, log, now })
  opened.use(keepWatchdog({ config, book, alerting, log, now, secrets }))
  log.info({ accounts: config.accounts.map(({ id }) => id) }, 'the watchdog is up')
  const running = opened.move()
  return { log, [Symbol.asyncDispose]: () => running.disposeAsync() }
}
