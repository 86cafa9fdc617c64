/** Watches from the API's process that sweeps go on: a timer of its own, so that it lives when queues and workers do not. */
import { watchSweeps } from '#workers/sweep-liveness.ts'
import { alertSinks } from './alert-sinks.ts'
import type { Foundation } from './foundation.ts'

type WatchTools = Pick<Foundation, 'book' | 'log' | 'now'> & {
  readonly config: Pick<Foundation['config'], 'accounts' | 'sweep'>
  readonly secrets: Pick<Foundation['secrets'], 'webhookUrl'>
}

/** Looks once an interval, one look at a time, until disposed. */
export function keepSweepWatch({ book, log, now, config, secrets }: WatchTools): Disposable {
  const { everyMs } = config.sweep
  const watch = { accounts: config.accounts.map(({ id }) => id), everyMs, since: now() }
  const tools = { book, now, deliver: alertSinks(secrets.webhookUrl, log) }
  let isLooking = false
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      await watchSweeps(watch, tools)
    } catch (error) {
      log.error({ err: error }, 'nobody can say whether sweeps go on; the next look tries again')
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(() => void look(), everyMs)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
