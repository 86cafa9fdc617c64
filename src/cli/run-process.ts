/** Runs a role until it is told to stop: SIGTERM and SIGINT drain it, a second signal ends it at once. */
import { startTruebook, type Role, type Truebook } from '#compose.ts'
import { loadConfig } from '#config/load-config.ts'

/** @throws whatever stands in the way of the start */
export async function runProcess(configFile: string, role: Role): Promise<void> {
  const stop = stopRequest()
  let truebook: Truebook | undefined
  // The default handler would print the error as it is, past the scrubber of secrets.
  process.on('uncaughtException', (error) => {
    if (truebook === undefined) process.stderr.write(uncaughtAtStart(error))
    else truebook.log.error({ err: error }, 'uncaught error: this process ends; its jobs go on elsewhere')
    process.exit(1)
  })
  try {
    truebook = await startTruebook(loadConfig(configFile), role, { stopped: stop.signal })
  } catch (error) {
    // Told to stop while it waited for its venue: what was open is closed again, and that is all there was to do.
    if (stop.signal.aborted) return
    throw error
  }
  const { log, api } = truebook
  if (api !== null) {
    // Only the first start says a login by itself: later ones would leave a credential in every log of a service manager.
    const login = api.firstRun
      ? `log in once within 15 minutes: ${api.loginUrl()}`
      : 'log in: truebook login --config FILE'
    process.stderr.write(`Truebook listens on ${api.url}; queues at ${api.url}/queues; ${login}\n`)
  }
  const signal = await stop.requested
  log.info({ signal }, 'stopping: no new work, running jobs are finished')
  const report = await truebook.close()
  if (report !== null && !report.drained) log.warn({ ...report }, 'jobs were left to other processes')
  log.info({}, 'stopped')
  // BullMQ connects again once the last job that was left has ended: without this the process would stay for ever.
  if (report !== null && !report.drained) process.exit(0)
}

/** Where it happened, without its words: nothing that knows the secrets stands behind them yet. */
function uncaughtAtStart(error: unknown): string {
  const name = error instanceof Error ? error.name : 'a value that is no error'
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : []
  return [`Uncaught ${name} while starting; this is a bug in Truebook, please report it.`, ...frames, ''].join('\n')
}

interface StopRequest {
  readonly signal: AbortSignal
  readonly requested: Promise<NodeJS.Signals>
}

function stopRequest(): StopRequest {
  const abort = new AbortController()
  const { promise: requested, resolve } = Promise.withResolvers<NodeJS.Signals>()
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (abort.signal.aborted) process.exit(1)
      abort.abort()
      resolve(name)
    })
  }
  return { signal: abort.signal, requested }
}
