/** Reads what the decisions about an action look at, in as few rounds as there are kinds of rows. */
import { activeAlerts, newestSweeps } from '#book/frequent-queries.ts'
import { accountOfAction, type Action } from '#domain/operator/action.ts'
import type { OperateTools, StoredView } from './tools.ts'

/** So many standing alerts are read; more than this nobody has looked at one by one. */
const ALERTS_MAX = 1_000

/** @throws BookUnavailable; of `retry-job` also when the queue does not answer */
export async function readView(action: Action, tools: OperateTools): Promise<StoredView> {
  const { book } = tools
  const ids = tools.accounts.map(({ account }) => account)
  const meant = accountOfAction(action) ?? '*'
  const about = meant === '*' ? ids : ids.filter((id) => id === meant)
  const [rows, positions, intents, controls, alerts, sweeps, alert, dead] = await Promise.all([
    book.loadMany('accounts', ids),
    book.list('positions', { where: { open: true } }),
    Promise.all(about.map((account) => book.list('intents', { where: { account, settled: false } }))),
    book.list('control', {}),
    book.list('alerts', activeAlerts(ALERTS_MAX)),
    Promise.all(about.map((account) => book.list('sweeps', newestSweeps(account, 1)))),
    action.verb === 'acknowledge' ? book.load('alerts', action.alert) : null,
    action.verb === 'retry-job' ? readDead(action, tools) : null,
  ])
  return {
    accounts: tools.accounts.map((entry, index) => ({ ...entry, held: rows[index] ?? null })),
    positions,
    intents: intents.flat(),
    controls,
    alerts,
    sweeps: sweeps.flat(),
    alert,
    dead,
  }
}

async function readDead(
  { queue, job: jobId }: Extract<Action, { verb: 'retry-job' }>,
  { book, deadJobs }: OperateTools,
): Promise<StoredView['dead']> {
  const job = await deadJobs.find(queue, jobId)
  if (job === null) return null
  const [owed, processed] = await Promise.all([book.load('outbox', jobId), book.load('processed', jobId)])
  return { job, owed, processed }
}
