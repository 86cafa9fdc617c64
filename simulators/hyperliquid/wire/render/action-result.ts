/** Answers to actions as /exchange prints them (reference section 1.2). */
import type { DecimalString } from '#domain/decimal.ts'
import type { ActionResult, CancelLegStatus, OrderLegStatus } from '#simulators/hyperliquid/engine/action.ts'
import { wireNumber } from './number.ts'

/** The body of an /exchange answer: `{status, response}`. */
export function actionBody(result: ActionResult): object {
  switch (result.kind) {
    case 'err':
      return refusalBody(result.message)
    case 'default':
      return { status: 'ok', response: { type: 'default' } }
    case 'createSubAccount':
      return { status: 'ok', response: { type: 'createSubAccount', data: result.address } }
    case 'order':
      return { status: 'ok', response: { type: 'order', data: { statuses: result.legs.map(orderLeg) } } }
    case 'cancel':
      return { status: 'ok', response: { type: 'cancel', data: { statuses: result.legs.map(cancelLeg) } } }
  }
}

/** The body of a whole-request refusal. */
export function refusalBody(message: string): object {
  return { status: 'err', response: message }
}

function orderLeg(leg: OrderLegStatus): object | string {
  switch (leg.kind) {
    case 'resting':
      return { resting: { oid: leg.oid, ...cloidOf(leg) } }
    case 'filled':
      return {
        filled: {
          totalSz: wireNumber(leg.totalSz as DecimalString),
          avgPx: wireNumber(leg.avgPx as DecimalString),
          oid: leg.oid,
          ...cloidOf(leg),
        },
      }
    case 'error':
      return { error: leg.error }
    case 'waitingForFill':
    case 'waitingForTrigger':
      return leg.kind
  }
}

function cloidOf(leg: { readonly cloid?: string }): object {
  return leg.cloid === undefined ? {} : { cloid: leg.cloid }
}

function cancelLeg(leg: CancelLegStatus): object | string {
  return leg.kind === 'success' ? 'success' : { error: leg.error }
}
