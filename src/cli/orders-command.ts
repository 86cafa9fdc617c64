/** `truebook orders`: what works at the venues for us, as last read, and what was sent and is not settled. */
import type { OrdersAnswer } from '#http/overview-wire.ts'
import { openOperatorClient, type OperatorChoice } from './operator-client.ts'
import { instant, say, sayJson, table } from './print.ts'

/** @throws CommandFailed with what the server said of an unknown account */
export async function showOrders(
  options: OperatorChoice & { readonly json?: boolean; readonly account?: string; readonly all?: boolean },
): Promise<void> {
  const query = new URLSearchParams({
    state: options.all ? 'all' : 'working',
    ...(options.account !== undefined && { account: options.account }),
  })
  const answer = await openOperatorClient(options).get<OrdersAnswer>(`/v1/orders?${query.toString()}`)
  if (options.json) return sayJson(answer)
  const { orders, unsettled } = answer
  if (orders.length === 0) say(options.all ? 'No orders yet.' : 'No working orders; with --all: those that ended too.')
  else {
    const rows = orders.map((row) => [
      row.account,
      row.instrument,
      row.event,
      row.side,
      row.leavesSize,
      row.limitPrice,
      row.trigger?.triggerPrice,
      row.working || row.status !== 'working' ? row.status : 'ended',
      instant(row.placedAt),
      row.venueOrderId,
      row.clientOrderId,
    ])
    const headings = ['account', 'instrument', 'for', 'side', 'leaves', 'limit', 'trigger', 'status', 'placed']
    say(table([...headings, 'venue order', 'client order'], rows))
  }
  if (unsettled.length === 0) return
  say('\nSent or to be sent, outcome not proven yet:')
  const rows = unsettled.map((row) => [
    row.account,
    row.instrument,
    row.event,
    row.state,
    instant(row.sentAt),
    row.evidence.at(-1)?.detail,
    row.intentId,
  ])
  say(table(['account', 'instrument', 'for', 'state', 'sent', 'last evidence', 'intent'], rows))
}
