/** One account: its verdict, both sides of every instrument, and the facts that they rest on. */
import type { VNode } from 'preact'
import type { AccountOverview, SideBySide } from '#http/overview-wire.ts'
import { accountVerdict, ageText, isDrift } from '#http/overview/verdict.ts'
import { addressOf } from '../live/route.ts'
import { now } from '../live/state.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { DriftMark, VerdictMark } from '../parts/marks.tsx'
import { Amount, Signed } from '../parts/numbers.tsx'
import { AccountFacts } from './account-facts.tsx'
import { SideActions } from './side-actions.tsx'

export function AccountPanel(props: { readonly account: AccountOverview; readonly staleAfter: number }): VNode {
  const { account, staleAfter } = props
  const { state, text } = accountVerdict(account, now.value, staleAfter)
  const isOld = account.broker_as_of === null || now.value - account.broker_as_of > staleAfter
  const name = `account-${account.id}`
  return (
    <section class={`panel account account-${state}`} aria-labelledby={name}>
      <div class="account-head">
        <VerdictMark state={state} />
        <h2 id={name}>{account.id}</h2>
        <span class="quiet">
          {account.venue}
          {account.site === null ? '' : `, site ${account.site}`}
        </span>
        {account.state !== 'active' && <span class="state-chip">{account.state}</span>}
        <span class="account-verdict" title={text}>
          {state === 'equal' ? 'equal' : text}
        </span>
        <span class="looked">
          {account.broker_as_of === null
            ? 'broker never read'
            : `broker read ${ageText(now.value - account.broker_as_of)} ago`}
          {account.book_as_of !== null && `, book moved ${ageText(now.value - account.book_as_of)} ago`}
        </span>
      </div>
      <DataTable
        quiet
        caption={`Book and broker at ${account.id}`}
        columns={columnsFor(account, isOld)}
        rows={account.sides}
        keyOf={(side) => `${side.instrument} ${side.book?.state === 'unresolved' ? side.book.position_id : ''}`}
        rowClass={(side) => (isDrift(side) ? 'row-drift' : side.drift === 'unsettled' ? 'row-moving' : '')}
        empty={<Flat account={account} />}
      />
      <AccountFacts account={account} />
    </section>
  )
}

function Flat({ account }: { readonly account: AccountOverview }): VNode {
  if (account.broker_as_of === null) return <>The book is flat; the broker was not read yet. The next sweep tells.</>
  return <>Flat, in the book and at the broker.</>
}

function columnsFor(account: AccountOverview, isOld: boolean): readonly Column<SideBySide>[] {
  return [
    { head: 'Instrument', width: 'w-name', cell: ({ instrument }) => <strong>{instrument}</strong> },
    { head: 'Book', width: 'w-side', cell: ({ book }) => <BookCell book={book} /> },
    {
      head: 'Broker',
      width: 'w-side',
      cell: ({ broker, book }) => <BrokerCell broker={broker} book={book} isOld={isOld} />,
    },
    {
      head: 'Difference',
      width: 'w-drift',
      cell: (side) =>
        side.broker === null ? (
          <span class="quiet">{side.book?.state === 'unresolved' ? 'waits for a person' : 'not known'}</span>
        ) : (
          <DriftMark drift={side.drift} ignored={side.ignored !== null} />
        ),
    },
    {
      head: 'Entry',
      numeric: true,
      width: 'w-price',
      cell: ({ book }) => <Amount value={book?.entry} missing="no entry" />,
    },
    { head: 'Native stop', numeric: true, width: 'w-price', cell: ({ book }) => <StopCell book={book} /> },
    {
      head: 'Strategy',
      width: 'w-strategy',
      cell: ({ book }) => <span class="clip">{book === null ? 'not ours' : `${book.strategy}, ${book.state}`}</span>,
    },
    { head: 'What can be done', width: 'w-actions', cell: (side) => <SideActions account={account.id} side={side} /> },
  ]
}

function BookCell({ book }: { readonly book: SideBySide['book'] }): VNode {
  if (book === null) return <span class="side side-flat">flat</span>
  return (
    <a href={addressOf('positions', book.position_id)} aria-label={`Position ${book.side} ${book.size}`}>
      <Signed size={book.side === 'short' && book.size !== '0' ? `-${book.size}` : book.size} />
    </a>
  )
}

function BrokerCell(props: Pick<SideBySide, 'broker' | 'book'> & { readonly isOld: boolean }): VNode {
  const { broker, isOld } = props
  if (broker === null) return <span class="side side-unknown">not known</span>
  return (
    <span class={isOld ? 'stale' : ''}>
      <Signed size={broker.size} />
      {isOld && <span class="stale-age"> {ageText(now.value - broker.as_of)} old</span>}
    </span>
  )
}

function StopCell({ book }: { readonly book: SideBySide['book'] }): VNode {
  if (book === null) return <Amount value={null} missing="not ours" />
  if (book.naked_since !== null) return <span class="naked">NONE {ageText(now.value - book.naked_since)}</span>
  return <Amount value={book.stop} missing="no stop was asked for" />
}
