/** Runs the watchdog until it is told to stop. */
import { once } from 'node:events'
import { startWatchdog } from '#compose/start-watchdog.ts'
import { loadConfig } from '#config/load-config.ts'

/** @throws whatever stands in the way of the start */
export async function watchdog(configFile: string): Promise<void> {
  const stop = new AbortController()
  const stopped = Promise.race(
    (['SIGTERM', 'SIGINT'] as const).map((name) => once(process, name, { signal: stop.signal })),
  )
  await using running = await startWatchdog(loadConfig(configFile))
  await stopped
  stop.abort()
  running.log.info({}, 'stopped')
}
