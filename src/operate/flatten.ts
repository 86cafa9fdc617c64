/**
 * Flatten: one flatten signal, accepted like any other, so that its exits are owed, latched and tried again by the stages that always do
 * it. Its key is a function of the confirmation: asked twice it is accepted once. The record stands in the chain of every account meant.
 */
import { StaleWrite } from '#book/errors.ts'
import type { PlannedWrite } from '#book/seal.ts'
import { idempotencyKeyOf } from '#domain/ids.ts'
import type { ActionOf } from '#domain/operator/action.ts'
import { flattenRadius } from '#domain/operator/flattening.ts'
import { accountsMeant } from '#domain/operator/radius.ts'
import { type Signal, signalSchema } from '#domain/signal.ts'
import { acceptSignal } from '#ingest/accept-signal.ts'
import { accountHolder } from './chain.ts'
import { LATER } from './hurry.ts'
import { recordOf, sealedWithRefs } from './record.ts'
import type { Order, StoredView } from './tools.ts'
import type { Verb } from './verb.ts'

export const flatten: Verb<'flatten'> = {
  radius: flattenRadius,
  async perform(action, view, order, { book, queue, accounts, observe }) {
    const meant = accountsMeant(action.account, view)
    const signal = flattenSignal(action, meant, order)
    const { writes, records } = sealedWithRefs(
      meant.flatMap((account) => recorded(action, account, signal, view, order)),
    )
    const failed: unknown[] = []
    const onEnqueueFailed = (error: unknown): void => void failed.push(error)
    const ingest = { book, queue, accounts, onEnqueueFailed, ...(observe !== undefined && { observe }) }
    const accepted = await acceptSignal(ingest, signal, order.at, writes)
    // Accepted before, under this very confirmation: whoever knows what it did then answers.
    if (accepted.status !== 'accepted') throw new StaleWrite('signals', accepted.signalKey)
    const keys = accepted.accounts.map(({ positionId }) => idempotencyKeyOf(positionId, 'route'))
    return { detail: `${told(meant)}${failed.length === 0 ? '' : LATER}`, records, keys }
  },
}

function flattenSignal(action: ActionOf<'flatten'>, accounts: readonly string[], order: Order): Signal {
  return signalSchema.parse({
    kind: 'flatten',
    signal_id: `flatten-${order.confirmation}`,
    source: 'operator',
    strategy: 'operator',
    ts: order.at,
    accounts: [...accounts],
    ...(action.instrument !== undefined && { instrument: action.instrument }),
    reason: `${order.by}: ${order.why}`,
  })
}

function recorded(
  action: ActionOf<'flatten'>,
  account: string,
  signal: Signal,
  view: StoredView,
  order: Order,
): PlannedWrite[] {
  const radius = flattenRadius(action, view)
  const positions = 'refused' in radius ? [] : radius.positions.filter((position) => position.account === account)
  const holder = accountHolder(account, view, order.at)
  const change = { before: { positions }, after: { asked: signal.signal_id } }
  return [holder.write((row) => row), recordOf(action, holder.about, change, order)]
}

function told(accounts: readonly string[]): string {
  return `Exits at ${accounts.join(', ')} are asked for and stay so until the broker is flat there.`
}
