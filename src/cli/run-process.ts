/** Runs a role until it is told to stop: SIGTERM and SIGINT drain it, a second signal ends it at once. */
import { startTruebook, type Role } from '#compose.ts'
import { loadConfig } from '#config/load-config.ts'

/** @throws whatever stands in the way of the start */
export async function runProcess(configFile: string, role: Role): Promise<void> {
  const stop = stopSignal()
  const truebook = await startTruebook(loadConfig(configFile), role)
  const { log, api } = truebook
  // The default handler would print the error as it is, past the scrubber of secrets.
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'uncaught error: this process ends; its jobs go on elsewhere')
    process.exit(1)
  })
  if (api !== null) {
    const login = process.stderr.isTTY ? `one-time login: ${api.loginUrl()}` : 'login: truebook login --config FILE'
    process.stderr.write(`Truebook listens on ${api.url}; queues at ${api.url}/queues; ${login}\n`)
  }
  const signal = await stop
  log.info({ signal }, 'stopping: no new work, running jobs are finished')
  const report = await truebook.close()
  if (report !== null && !report.drained) log.warn({ ...report }, 'jobs were left to other processes')
  log.info({}, 'stopped')
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1)
        asked = true
        resolve(signal)
      })
    }
  })
}
