/** The function that works on each stage: the whole pipeline at a glance. */
import type { Stage } from '#domain/message.ts'
import { deliverAlert } from '#workers/alerts.ts'
import { closePosition } from '#workers/close.ts'
import { guardAccount } from '#workers/guard.ts'
import { monitorPosition } from '#workers/monitor.ts'
import { placeOrder } from '#workers/place.ts'
import { precheckEntry } from '#workers/precheck.ts'
import { publishEvent } from '#workers/publish.ts'
import { reconcilePosition } from '#workers/reconcile.ts'
import { routeSignal } from '#workers/route.ts'
import { sweepAccounts } from '#workers/sweep.ts'
import type { StageWorker } from '#workers/worker.ts'

export const HANDLERS: Readonly<Record<Stage, StageWorker>> = {
  route: routeSignal,
  precheck: precheckEntry,
  place: placeOrder,
  monitor: monitorPosition,
  close: closePosition,
  reconcile: reconcilePosition,
  sweep: sweepAccounts,
  guard: guardAccount,
  alerts: deliverAlert,
  publish: publishEvent,
}
