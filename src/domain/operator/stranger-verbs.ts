/** What adopting, ignoring and no longer ignoring an unexpected position touch. None of them sends anything to the venue. Pure. */
import type { AccountId, InstrumentId } from '../ids.ts'
import type { PositionRow } from '../position.ts'
import type { ActionOf } from './action.ts'
import { type Radius, type Refusal, radiusOf, unknownAccount } from './radius.ts'
import { type Stranger, foreignOrdersAt, ignoredAt, lastComparison, strangerOn, strangerText } from './strangers.ts'
import { accountRowIn, type OperatorView } from './view.ts'

export function adoptRadius(
  { account, instrument, strategy }: ActionOf<'adopt'>,
  view: OperatorView,
): Radius | Refusal {
  const stranger = strangerOr(account, instrument, view)
  if ('refused' in stranger) return stranger
  const held = heldOn(account, instrument, view)
  if (held !== undefined)
    return conflict(
      `Position ${held.positionId} on ${instrument} at ${account} waits ${held.state}: an account holds one position an instrument.`,
    )
  const row = accountRowIn(view, account)
  const request = row?.adopting?.[instrument]
  if (request !== undefined && request.refused === null)
    return conflict(
      `${request.by} has asked for the adoption of ${instrument} at ${account} already: the next sweep decides.`,
    )
  return radiusOf(
    [account],
    [
      `A sweep of ${account} reads position and fills of ${instrument} again and makes ${strangerText(stranger)} a position of the book, strategy "${strategy}", if its fills prove the whole of it from flat to now.`,
      'If they do not, or orders of ours took part in it, nothing changes and the reason is recorded; see the account.',
      'Adopted it is like any other position: it has no stop until a signal sets one, flatten and signals about its instrument close it, an expiring contract is left in time, and its result is booked from its fills.',
      'Its alert ends, and entries on the instrument are no longer locked because of it.',
      ...foreignLines(account, instrument, view),
      ...(request === undefined || request.refused === null
        ? []
        : [`The last try was refused: ${request.refused.reason}.`]),
    ],
    { strategies: [strategy] },
  )
}

export function ignoreRadius({ account, instrument }: ActionOf<'ignore'>, view: OperatorView): Radius | Refusal {
  const stranger = strangerOr(account, instrument, view)
  if ('refused' in stranger) return stranger
  const { ignored } = stranger
  if (ignored !== null)
    return conflict(
      `Expected a position that nobody ignores, saw that ${ignored.by} ignores ${strangerText(stranger)}: ${ignored.why}.`,
    )
  return radiusOf(
    [account],
    [
      `${strangerText(stranger)} at ${account} stands without an alert while it is exactly that; another side or size is told as news.`,
      `Entries on ${instrument} at ${account} stay locked until the broker is flat there; then the ignoring ends by itself.`,
      'The book does not hold it: nothing watches, stops or closes it, and flatten does not touch it.',
    ],
  )
}

export function unignoreRadius({ account, instrument }: ActionOf<'unignore'>, view: OperatorView): Radius | Refusal {
  const refusal = unknownAccount(account, view)
  if (refusal !== null) return refusal
  // A record has more names than its own keys: "constructor" is a well-formed instrument too.
  const entries = ignoredAt(account, view)
  const ignored = Object.hasOwn(entries, instrument) ? entries[instrument] : undefined
  if (ignored === undefined) return conflict(`Expected an ignored position on ${instrument} at ${account}, found none.`)
  return radiusOf(
    [account],
    [
      `${ignored.side} ${ignored.size} ${instrument} at ${account} is no longer ignored (by ${ignored.by}: ${ignored.why}).`,
      'A sweep looks at it now: what still stands is told again. Its entries stay locked until then.',
    ],
  )
}

/** The unexpected position that is meant, or why none is. */
function strangerOr(account: AccountId, instrument: InstrumentId, view: OperatorView): Stranger | Refusal {
  const refusal = unknownAccount(account, view)
  if (refusal !== null) return refusal
  const stranger = strangerOn(account, instrument, view)
  if (stranger !== null) return stranger
  const held = heldOn(account, instrument, view)
  if (held !== undefined)
    return conflict(
      `Expected a position on ${instrument} at ${account} that the book does not know, saw ${held.positionId} (${held.state}): what is partly the book's and partly somebody else's is neither adopted nor ignored.`,
    )
  if (lastComparison(account, view) === null)
    return conflict(`No sweep has compared ${account} yet, or the last one could not: ask for a sweep, then again.`)
  return conflict(
    `Expected an unexpected position on ${instrument} at ${account}, the last sweep found none: ask for a sweep, then again.`,
  )
}

function heldOn(account: AccountId, instrument: InstrumentId, { positions }: OperatorView): PositionRow | undefined {
  return positions.find(({ row }) => row.account === account && row.instrument === instrument)?.row
}

function foreignLines(account: AccountId, instrument: InstrumentId, view: OperatorView): string[] {
  return foreignOrdersAt(account, view).includes(instrument)
    ? [`Working orders on ${instrument} that are not ours stay, and entries beside them stay locked.`]
    : []
}

function conflict(message: string): Refusal {
  return { refused: 'conflict', message }
}
