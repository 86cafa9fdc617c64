/** What people and venues do at the accounts of a simulated world behind the book's back; remembers whose orders were whose. */
import type { WorldAccount } from '#simulation/world/accounts.ts'
import type { WorldVenue } from '#simulation/world/venues.ts'
import type { World } from '#simulation/world/world.ts'
import type { TrueOrder, VenueTruth } from '#simulators/venue/simulated-venue.ts'
import { type Deed, symbolAt } from '#storm/evidence.ts'
import { pick } from '#storm/plan.ts'

/** Size of a position opened by hand. */
const BY_HAND = { 'BTC-PERP': '0.02', 'ETH-PERP': '0.5', MNQ: '1', MES: '1' } as const

export type TruePosition = VenueTruth['positions'][number]

export class Hands {
  readonly deeds: Deed[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Somebody opens a position where the venue is flat. */
  open(account: WorldAccount, instrument: string, side: 'buy' | 'sell'): void {
    const venue = this.venueOf(account)
    const symbol = symbolAt(account.venue, instrument)
    const size = sizeOf(instrument)
    if (venue.view.truth(account.venueAccount).positions.some((held) => held.symbol.includes(symbol))) return
    void this.#deed('open-by-hand', account, symbol, `${side} ${size}`, () =>
      venue.view.tradeByHand(account.venueAccount, symbol, side, size),
    )
  }

  /** Somebody makes what is held on an instrument larger. */
  add(account: WorldAccount, instrument: string): void {
    const held = this.#heldOn(account, instrument)
    if (held === undefined) return
    const side = held.size.startsWith('-') ? 'sell' : 'buy'
    const size = sizeOf(instrument)
    void this.#deed('add-by-hand', account, held.symbol, `${side} ${size}`, () =>
      this.venueOf(account).view.tradeByHand(account.venueAccount, held.symbol, side, size),
    )
  }

  /** Somebody closes what is held on an instrument. */
  closeOn(account: WorldAccount, instrument: string): void {
    const held = this.#heldOn(account, instrument)
    if (held !== undefined) this.close(account, held)
  }

  #heldOn(account: WorldAccount, instrument: string): TruePosition | undefined {
    const symbol = symbolAt(account.venue, instrument)
    return this.venueOf(account)
      .view.truth(account.venueAccount)
      .positions.find((held) => held.symbol === symbol)
  }

  /** Somebody closes a position. */
  close(account: WorldAccount, { symbol, size }: TruePosition): void {
    const { view } = this.venueOf(account)
    void this.#deed('close-by-hand', account, symbol, size, () => view.closeByHand(account.venueAccount, symbol))
  }

  /** Closes by hand what no position of the book explains. */
  closeStrangers(explained: (account: string, symbol: string) => boolean): void {
    for (const account of this.#world.accounts) {
      for (const held of this.venueOf(account).view.truth(account.venueAccount).positions) {
        if (!explained(account.id, held.symbol)) this.close(account, held)
      }
    }
  }

  /** Somebody cancels an order of ours. */
  async cancel(venue: WorldVenue, account: WorldAccount, { orderId, symbol }: TrueOrder): Promise<void> {
    const who = account.venueAccount
    const args = {
      hyperliquid: { user: who, oid: Number(orderId) },
      bybit: { account: who, orderId },
      projectx: { account: who, orderId: Number(orderId) },
    }
    await this.#deed('cancel-by-hand', account, symbol, orderId, () => venue.control('cancelByHand', args[venue.name]))
  }

  /** The venue forces a position to its end. */
  async liquidate(venue: WorldVenue, account: WorldAccount, held: TruePosition): Promise<void> {
    const { symbol, size } = held
    const who = account.venueAccount
    const args = {
      hyperliquid: { user: who, coin: symbol },
      bybit: { account: who, symbol },
      projectx: { account: who },
    }
    await this.#deed('liquidate', account, symbol, size, () => venue.control('liquidate', args[venue.name]))
  }

  /** The venue takes a trade back that the book has read. */
  async voidTrade(venue: WorldVenue, account: WorldAccount, draw: number): Promise<void> {
    const ledger = (await venue.control('ledger', { account: account.venueAccount })) as {
      readonly trades: readonly { readonly id: number; readonly contractId: string; readonly voided: boolean }[]
    }
    // Hours pass before a venue takes a trade back: the book has read it by then.
    const query = { where: { account: account.id }, orderBy: { field: 'time', direction: 'ascending' } } as const
    const told = (await this.#world.rows.list('fills', query)).map(({ row }) => row.fillId)
    const isTold = (id: number): boolean => told.some((fillId) => fillId.endsWith(`|${id}`))
    const trade = pick(
      ledger.trades.filter(({ id, voided }) => !voided && isTold(id)),
      draw,
    )
    if (trade === undefined) return
    const act = () => venue.control('voidTrade', { tradeId: trade.id })
    await this.#deed('void-trade', account, trade.contractId, `trade ${trade.id}`, act)
  }

  venueOf({ venue }: WorldAccount): WorldVenue {
    return this.#world.venues.get(venue) as WorldVenue
  }

  /** Something at a venue behind the book's back; remembers which orders it made. */
  async #deed(
    kind: Deed['kind'],
    account: WorldAccount,
    symbol: string,
    detail: string,
    act: () => unknown,
  ): Promise<void> {
    const { view } = this.venueOf(account)
    const orders = () => view.truth(account.venueAccount).orders.map(({ orderId }) => orderId)
    const before = new Set(orders())
    if (!(await attempt(act))) return
    const orderIds = orders().filter((id) => !before.has(id))
    const resolved = view
      .truth(account.venueAccount)
      .fills.findLast(({ orderId }) => orderIds.includes(orderId))?.symbol
    const at = this.#world.kernel.now
    this.#endStrangers(account)
    this.#world.kernel.trace.note(`${kind} ${account.id} ${symbol} ${detail}`)
    this.deeds.push({ kind, account: account.id, symbol: resolved ?? symbol, at, endedAt: null, orderIds, detail })
  }

  /** Positions opened by hand end with whatever made the symbol flat. */
  #endStrangers(account: WorldAccount): void {
    const held = new Set(
      this.venueOf(account)
        .view.truth(account.venueAccount)
        .positions.map(({ symbol }) => symbol),
    )
    for (const deed of this.deeds) {
      if (deed.kind !== 'open-by-hand' || deed.account !== account.id || held.has(deed.symbol)) continue
      deed.endedAt ??= this.#world.kernel.now
    }
  }
}

/** By the product, whichever of its contracts is meant. */
function sizeOf(instrument: string): string {
  const [, size = '1'] = Object.entries(BY_HAND).find(([product]) => instrument.startsWith(product)) ?? []
  return size
}

/** What a venue refuses (no stop stands, the market is closed) did not happen. */
export async function attempt(act: () => unknown): Promise<boolean> {
  try {
    await act()
    return true
  } catch {
    return false
  }
}
