/** What an action would touch: what stands against it first, then what happens, then the numbers and positions. */
import type { VNode } from 'preact'
import type { ActionPreview } from '#http/wire.ts'
import { Amount } from '../parts/numbers.tsx'

export function Radius({ radius }: { readonly radius: ActionPreview['preview']['radius'] }): VNode {
  const { accounts, strategies, positions, orders, notional_usd: notional, lines, against } = radius
  return (
    <section class="radius" aria-label="What it does">
      {against.length > 0 && (
        <div class="against">
          <h3>Stands against it</h3>
          <ul>
            {against.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
      <ul class="lines">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <dl class="counts">
        <dt>Accounts</dt>
        <dd>{accounts.length === 0 ? 'none' : accounts.join(', ')}</dd>
        <dt>Strategies</dt>
        <dd>{strategies.length === 0 ? 'none named' : strategies.join(', ')}</dd>
        <dt>Positions</dt>
        <dd>{positions.length}</dd>
        <dt>Orders</dt>
        <dd>{orders}</dd>
        <dt>Notional, USD</dt>
        <dd>{positions.length === 0 ? 'none' : <Amount value={notional} missing="not known for every position" />}</dd>
      </dl>
      {positions.length > 0 && (
        <ul class="touched">
          {positions.map((row) => (
            <li key={row.position_id}>
              {row.account} {row.instrument} {row.side} {row.size}
              {row.notional_usd === null ? ', value not known' : `, ${row.notional_usd} USD`}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
