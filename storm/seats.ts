/** What the owner of an account, or the venue itself, does at it behind the book's back; names the orders it made. */
import { controlBybit } from '#simulators/bybit/control/client.ts'
import { controlHyperliquid } from '#simulators/hyperliquid/control/client.ts'
import { controlProjectX } from '#simulators/projectx/control/client.ts'
import type { VenueTruth } from '#simulators/venue/simulated-venue.ts'
import type { StormAccount } from './accounts.ts'
import { symbolAt } from './evidence.ts'
import type { RemoteVenue } from './venue-calls.ts'

/** One account at its venue. Order ids are the venue's. */
export interface Seat extends StormAccount {
  /** The venue's name of the account. */
  readonly venueAccount: string
  readonly remote: RemoteVenue
  /** The venue's symbol of a canonical instrument. */
  symbolOf(instrument: string): string
  truth(): Promise<VenueTruth>
  tradeByHand(symbol: string, side: 'buy' | 'sell', size: string): Promise<readonly string[]>
  closeByHand(symbol: string): Promise<readonly string[]>
  /** The venue forces the position to its end. */
  liquidate(symbol: string): Promise<readonly string[]>
  cancelByHand(orderId: string): Promise<void>
}

type HandControls = Pick<Seat, 'tradeByHand' | 'closeByHand' | 'liquidate' | 'cancelByHand'>

export function seatOf(account: StormAccount, venueAccount: string, remote: RemoteVenue): Seat {
  const controls: Record<Seat['venue'], () => HandControls> = {
    hyperliquid: () => atHyperliquid(remote.url, venueAccount as `0x${string}`),
    bybit: () => atBybit(remote.url, venueAccount),
    projectx: () => atProjectX(remote.url, venueAccount),
  }
  return {
    ...account,
    venueAccount,
    remote,
    truth: () => remote.truth(venueAccount),
    symbolOf: (instrument) => symbolAt(account.venue, instrument),
    ...controls[account.venue](),
  }
}

function atHyperliquid(url: string, user: `0x${string}`): HandControls {
  const control = controlHyperliquid(url)
  const ids = (fills: readonly { readonly oid: number }[]): string[] => fills.map(({ oid }) => String(oid))
  return {
    tradeByHand: async (coin, side, sz) =>
      ids(await control.call('tradeByHand', { user, coin, side: side === 'buy' ? 'B' : 'A', sz })),
    closeByHand: async (coin) => ids(await control.call('closeByHand', { user, coin })),
    liquidate: async (coin) => ids(await control.call('liquidate', { user, coin })),
    cancelByHand: async (oid) => void (await control.call('cancelByHand', { user, oid: Number(oid) })),
  }
}

function atBybit(url: string, account: string): HandControls {
  const control = controlBybit(url)
  return {
    tradeByHand: async (symbol, side, qty) => [
      (await control.call('tradeByHand', { account, symbol, side: side === 'buy' ? 'Buy' : 'Sell', qty })).orderId,
    ],
    closeByHand: async (symbol) => [(await control.call('closeByHand', { account, symbol })).orderId],
    liquidate: async (symbol) => [(await control.call('liquidate', { account, symbol })).orderId],
    cancelByHand: async (orderId) => void (await control.call('cancelByHand', { account, orderId })),
  }
}

function atProjectX(url: string, account: string): HandControls {
  const control = controlProjectX(url)
  const ids = (trades: readonly { readonly orderId: number }[]): string[] =>
    trades.map(({ orderId }) => String(orderId))
  return {
    tradeByHand: async (contract, side, size) =>
      ids(await control.call('tradeByHand', { account, contract, side, size: Number(size) })),
    closeByHand: async (contract) => ids(await control.call('closeByHand', { account, contract })),
    liquidate: async () => ids(await control.call('liquidate', { account })),
    cancelByHand: async (orderId) => void (await control.call('cancelByHand', { account, orderId: Number(orderId) })),
  }
}
