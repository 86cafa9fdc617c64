/**
 * The account's fills of an interval with a certificate of what they prove: paged to completion, checked against the
 * position chain and against the venue's retention (B1, B3). Fills are never filtered by client id (B4).
 */
import { z } from 'zod'
import { type Fill, isSpotCoin } from '#domain/fill.ts'
import { chainFills, groupFills } from '#domain/fill-chain.ts'
import type { FillRead } from '#brokers/broker.ts'
import { parseAnswer } from '#brokers/wire-answer.ts'
import { fillSchema } from './info-schema.ts'
import type { VenueSession } from './session.ts'
import { type Interval, type PageSource, readAllPages, readServedPages } from './time-pages.ts'
import { type FillOwner, fillOf } from './translate.ts'

/** The venue's limits on history. */
export interface HistoryLimits {
  /** Most fills in one answer. */
  readonly fillPage: number
  /** Newest fills the venue still serves. */
  readonly fillRetention: number
  /** Most funding or ledger rows in one answer. */
  readonly ledgerPage: number
}

/** Documented limits of the real venue. */
export const VENUE_LIMITS: HistoryLimits = { fillPage: 2_000, fillRetention: 10_000, ledgerPage: 500 }

/** Reads fills of one account. */
export class FillHistory {
  readonly #session: VenueSession
  readonly #owner: FillOwner
  readonly #limits: HistoryLimits
  readonly #clock: () => number

  constructor(session: VenueSession, owner: FillOwner, limits: HistoryLimits, clock: () => number) {
    this.#session = session
    this.#owner = owner
    this.#limits = limits
    this.#clock = clock
  }

  /** All fills of the interval. @throws BrokerUnavailable */
  async read(interval: Interval): Promise<FillRead> {
    const { rows, pages, saturated } = await readServedPages(this.#source(), interval)
    const retained = await this.#isRetained(interval, rows.length)
    const expired = lossOf(interval, { rows, retained, saturated, page: this.#limits.fillPage })
    const from = expired?.through === undefined ? interval.from : expired.through + 1
    const chainGap = chainGapOf(rows.filter((fill) => fill.time >= from))
    const gap = chainGap ?? expired?.why ?? null
    const coverage = { from, through: interval.through, pages, complete: gap === null, gap }
    return { fills: rows, voided: [], coverage: { ...coverage, expired: chainGap === null && expired !== null } }
  }

  #source(): PageSource<Fill> {
    return {
      name: 'Hyperliquid userFillsByTime',
      pageSize: this.#limits.fillPage,
      fetch: (interval) => this.#page(interval),
      timeOf: (fill) => fill.time,
      idOf: (fill) => fill.fillId,
    }
  }

  async #page({ from, through }: Interval): Promise<Fill[]> {
    const { user } = this.#owner
    const request = { type: 'userFillsByTime', user, startTime: from, endTime: through }
    const { raw } = await this.#session.info(request, z.array(z.looseObject({})))
    const rows = raw as Readonly<Record<string, unknown>>[]
    return rows.map((row, index) =>
      fillOf(parseAnswer(fillSchema, row, `Hyperliquid userFillsByTime row ${index}`), row, this.#owner),
    )
  }

  // The venue keeps a suffix of history: an older fill it still serves proves that everything since is there.
  async #isRetained({ from, through }: Interval, count: number): Promise<boolean> {
    if (count >= this.#limits.fillRetention) return this.#servesOlder(from)
    // Up to now and far from the limit: what came in meanwhile cannot have pushed a fill out.
    if (through >= this.#clock() - RECENT_MS && count <= this.#limits.fillRetention / 2) return true
    const later = await this.#countSince(through + 1, this.#limits.fillRetention - count)
    return later < this.#limits.fillRetention - count || this.#servesOlder(from)
  }

  async #servesOlder(from: number): Promise<boolean> {
    return from > 0 && (await this.#page({ from: 0, through: from - 1 })).length > 0
  }

  // Counts fills from an instant on, up to `enough`.
  async #countSince(from: number, enough: number): Promise<number> {
    const first = await this.#page({ from, through: FAR_FUTURE })
    if (first.length < this.#limits.fillPage || first.length >= enough) return first.length
    return (await readAllPages(this.#source(), { from, through: FAR_FUTURE })).rows.length
  }
}

/** Up to when (ms) fills of an interval are gone, or are too many for any answer, and why; null when none are. */
function lossOf(
  interval: Interval,
  read: {
    readonly rows: readonly Fill[]
    readonly retained: boolean
    readonly saturated: readonly number[]
    readonly page: number
  },
): { readonly through: number; readonly why: string } | null {
  const stuck = read.saturated.at(-1)
  if (stuck !== undefined)
    return { through: stuck, why: `saturated: ${read.page} fills or more within the one millisecond ${stuck}` }
  // Of the instant of the oldest fill still served, others may be gone already.
  return read.retained ? null : { through: read.rows[0]?.time ?? interval.through, why: 'retention' }
}

const RECENT_MS = 1_000
/** 2100-01-01: later than any fill, small enough for any parser. */
export const FAR_FUTURE = 4_102_444_800_000

function chainGapOf(fills: readonly Fill[]): string | null {
  // Spot balances also move by fees and transfers, so only positions form a chain.
  for (const group of groupFills(fills.filter((fill) => !isSpotCoin(fill.instrument)))) {
    const [gap] = chainFills(group, { evidence: 'time' }).gaps
    if (gap === undefined) continue
    const where = group[0]?.instrument ?? 'unknown'
    return `chain: ${where} should have been ${gap.expected} before fill ${gap.beforeFillId}, which starts from ${gap.seen}`
  }
  return null
}
