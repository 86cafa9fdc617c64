/** What may be done about one row: only what helps with its difference. The book never closes what is not its own. */
import type { VNode } from 'preact'
import type { SideBySide } from '#http/overview-wire.ts'
import { ActionButton } from '../actions/action-button.tsx'
import { addressOf } from '../live/route.ts'

export function SideActions({ account, side }: { readonly account: string; readonly side: SideBySide }): VNode {
  const { instrument, drift, book, ignored } = side
  const about = { account, instrument }
  if (ignored !== null) {
    return (
      <span class="row-actions" title={`ignored by ${ignored.by}: ${ignored.why}`}>
        <ActionButton action={{ verb: 'unignore', ...about }} />
      </span>
    )
  }
  return (
    <span class="row-actions">
      {drift === 'unexpected' && (
        <>
          <ActionButton action={{ verb: 'adopt', ...about }} />
          <ActionButton action={{ verb: 'ignore', ...about }} />
        </>
      )}
      {drift !== null && drift !== 'unsettled' && <ActionButton action={{ verb: 'sweep', account }} />}
      {drift === null && book !== null && book.state === 'open' && (
        <ActionButton action={{ verb: 'flatten', ...about }} tone="grave" />
      )}
      {book !== null && (drift !== null || book.state === 'unresolved') && (
        <a class="small-link" href={addressOf('positions', book.position_id)}>
          Open position
        </a>
      )}
    </span>
  )
}
