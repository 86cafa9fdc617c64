/** Orders at the venues as last read, and what was sent without an outcome yet. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { OrdersAnswer } from '#http/overview-wire.ts'
import { ActionButton } from '../actions/action-button.tsx'
import { useLoaded } from '../live/loaded.ts'
import { addressOf } from '../live/route.ts'
import { Choice } from '../parts/choice.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Reading } from '../parts/notices.tsx'
import { Amount, Id } from '../parts/numbers.tsx'
import { Age } from '../parts/times.tsx'

const EVERY_MS = 3_000

export function OrdersScreen(): VNode {
  const [state, setState] = useState<'working' | 'all'>('working')
  const loaded = useLoaded<OrdersAnswer>(`/v1/orders?state=${state}`, EVERY_MS)
  return (
    <>
      <div class="screen-head">
        <h1 tabIndex={-1}>Orders</h1>
        <Choice label="Which" options={['working', 'all']} chosen={state} choose={setState} />
        <ActionButton action={{ verb: 'cancel-orders', account: '*' }} tone="grave" />
      </div>
      <Reading of={loaded} what="Orders">
        {(answer) => (
          <>
            <section class="panel">
              <Unsettled intents={answer.unsettled} />
            </section>
            <section class="panel">
              <OrderTable orders={answer.orders} state={state} />
            </section>
          </>
        )}
      </Reading>
    </>
  )
}

function Unsettled({ intents }: { readonly intents: OrdersAnswer['unsettled'] }): VNode {
  return (
    <DataTable
      caption="Intents without an outcome"
      rows={intents}
      keyOf={({ intentId }) => intentId}
      rowClass={({ state }) => (state === 'unknown' ? 'row-drift' : '')}
      empty="None: the outcome of everything that was sent is proven."
      columns={[
        { head: 'Intent', cell: ({ intentId }) => <Id id={intentId} /> },
        { head: 'Account', cell: ({ account }) => account },
        { head: 'Instrument', cell: ({ instrument }) => instrument },
        { head: 'For', cell: ({ event, leg }) => (leg === 0 ? event : `${event}, leg ${leg}`) },
        { head: 'State', cell: ({ state }) => (state === 'unknown' ? '? unknown' : state) },
        { head: 'Made', cell: ({ createdAt }) => <Age at={createdAt} /> },
        {
          head: 'Position',
          cell: ({ positionId }) => (
            <a href={addressOf('positions', positionId)}>
              <Id id={positionId} />
            </a>
          ),
        },
      ]}
    />
  )
}

function OrderTable({ orders, state }: { readonly orders: OrdersAnswer['orders']; readonly state: string }): VNode {
  return (
    <DataTable
      caption={state === 'working' ? 'Working at the venues' : 'All, newest first'}
      rows={orders}
      keyOf={({ clientOrderId }) => clientOrderId}
      empty={state === 'working' ? 'No order of ours works at any venue.' : 'No order was sent yet.'}
      columns={[
        { head: 'Account', cell: ({ account }) => account },
        { head: 'Instrument', cell: ({ instrument }) => <strong>{instrument}</strong> },
        { head: 'For', cell: ({ event }) => event },
        { head: 'Side', cell: ({ side, reduceOnly }) => `${side}${reduceOnly ? ', reduce-only' : ''}` },
        { head: 'Left', numeric: true, cell: ({ leavesSize }) => <Amount value={leavesSize} /> },
        { head: 'Of', numeric: true, cell: ({ originalSize }) => <Amount value={originalSize} /> },
        {
          head: 'Trigger',
          numeric: true,
          cell: ({ trigger }) => <Amount value={trigger?.triggerPrice} missing="none" />,
        },
        { head: 'Limit', numeric: true, cell: ({ limitPrice }) => <Amount value={limitPrice} /> },
        { head: 'Status', cell: statusText },
        { head: 'Placed', cell: ({ placedAt }) => <Age at={placedAt} /> },
        {
          head: 'Venue order',
          cell: ({ venueOrderId }) => (venueOrderId === null ? 'not named' : <Id id={venueOrderId} />),
        },
        {
          head: 'Position',
          cell: ({ positionId }) => (
            <a href={addressOf('positions', positionId)}>
              <Id id={positionId} />
            </a>
          ),
        },
      ]}
    />
  )
}

/** The venue's own word beside ours where it is another one. What worked when it was read may have ended since; its position knows. */
function statusText({ status, venueStatus, working }: OrdersAnswer['orders'][number]): string {
  const word = status === 'working' && !working ? 'ended' : status
  return word === venueStatus.toLowerCase() || status === venueStatus.toLowerCase() ? word : `${word} (${venueStatus})`
}
