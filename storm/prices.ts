/** Prices of a storm: every market walks a little, all the time, and comes back to where it began. */
import { setTimeout as delay } from 'node:timers/promises'
import { seeded } from '#demo/prices.ts'
import { Decimal } from '#domain/decimal.ts'
import { COIN_PRICES, INSTRUMENTS } from './accounts.ts'
import { symbolAt } from './evidence.ts'
import type { Ground } from './ground.ts'

const STEP_MS = 700
/** One step of the walk, as a fraction of the price. */
const STEP = 0.0006
/** How much of the way back to the first price a step takes. */
const PULL = 0.03

/** A price on the grid of its instrument: quarters of a point, or five figures. */
export function priceOnGrid(instrument: string, price: Decimal): string {
  return isCoin(instrument)
    ? price.toSignificantDigits(5).toFixed()
    : price.div('0.25').toDecimalPlaces(0).times('0.25').toFixed()
}

function isCoin(instrument: string): boolean {
  return instrument.endsWith('-PERP')
}

/** Walks until aborted. */
export async function walkPrices({ venues }: Ground, seed: number, ended: AbortSignal): Promise<void> {
  const random = seeded(seed)
  const markets = [
    ...(['hyperliquid', 'bybit'] as const).flatMap((venue) =>
      INSTRUMENTS.coins.map((instrument) => ({
        remote: venues[venue],
        instrument,
        symbol: symbolAt(venue, instrument),
      })),
    ),
    ...INSTRUMENTS.index.map((instrument) => ({ remote: venues.projectx, instrument, symbol: instrument as string })),
  ]
  const first = new Map<string, Decimal>()
  while (!ended.aborted) {
    for (const { remote, instrument, symbol } of markets) {
      const key = `${remote.venue} ${symbol}`
      const mark = new Decimal(await remote.mark(symbol))
      const began = first.get(key) ?? coinPrice(instrument) ?? mark
      first.set(key, began)
      const scale = isCoin(instrument) ? 1 : 0.25
      const next = mark.times(1 + STEP * scale * (2 * random() - 1)).plus(began.minus(mark).times(PULL))
      await remote.setMark(symbol, priceOnGrid(instrument, next))
    }
    await delay(STEP_MS, undefined, { signal: ended }).catch(() => undefined)
  }
}

function coinPrice(instrument: string): Decimal | null {
  const price = (COIN_PRICES as Readonly<Record<string, string>>)[instrument.replace('-PERP', '')]
  return price === undefined ? null : new Decimal(price)
}
