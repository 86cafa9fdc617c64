/** Limits of the gates, held against every moment of the venue's ledger. Pure. */
import { Decimal, ZERO } from '#domain/decimal.ts'
import type { TrueFill } from '#simulators/venue/simulated-venue.ts'
import type { AccountEvidence, Evidence } from '../evidence.ts'
import type { Breach } from './breach.ts'
import { strangersOf } from './strangers.ts'

/** Gates judge at the mark when a signal is routed; it fills later and elsewhere. */
const PRICE_TOLERANCE = new Decimal('1.03')
/** Ten micros are a mini. */
const MICROS = 10

interface Held {
  readonly size: Decimal
  /** Of the part that our entries opened, at their prices, USD. */
  readonly notional: Decimal
}

export function checkGates(evidence: Evidence): Breach[] {
  return evidence.accounts.flatMap((account) => checkAccount(account, strangersOf(evidence, account.id)))
}

function checkAccount(account: AccountEvidence, strangers: ReadonlySet<string>): Breach[] {
  const breaches: Breach[] = []
  const held = new Map<string, Held>()
  // What was taken back stood until then: an order of the ledger says nothing of that moment, so such symbols are left out.
  const voided = new Set(account.truth.fills.filter((fill) => fill.voided).map((fill) => fill.symbol))
  for (const fill of account.truth.fills) {
    if (voided.has(fill.symbol)) continue
    const grew = apply(held, fill, strangers.has(fill.orderId))
    if (grew) breaches.push(...exceeded(account, held, fill))
  }
  return breaches
}

/** Follows one fill; true when it is exposure that an entry of ours added. */
function apply(held: Map<string, Held>, fill: TrueFill, stranger: boolean): boolean {
  const before = held.get(fill.symbol) ?? { size: ZERO, notional: ZERO }
  const change = new Decimal(fill.side === 'buy' ? fill.size : `-${fill.size}`)
  const size = before.size.plus(change)
  const grows = size.abs().gt(before.size.abs()) && !stranger
  const notional = grows
    ? before.notional.plus(change.abs().times(fill.price))
    : before.size.isZero() || size.isZero()
      ? ZERO
      : before.notional.times(Decimal.min(1, size.div(before.size).abs()))
  held.set(fill.symbol, { size, notional })
  return grows
}

function exceeded(account: AccountEvidence, held: ReadonlyMap<string, Held>, fill: TrueFill): Breach[] {
  const { id, limits, truth } = account
  const ours = [...held].filter(([, { notional }]) => notional.gt(0))
  const breaches: Breach[] = []
  const broken = (what: string): void =>
    void breaches.push({
      invariant: 'gates',
      about: `${id} ${fill.symbol} ${fill.clientOrderId ?? fill.orderId}`,
      what,
    })
  if (ours.length > limits.maxPositions)
    broken(
      `makes ${ours.length} positions, the limit is ${limits.maxPositions}: ${ours.map(([symbol]) => symbol).join()}`,
    )
  const own = held.get(fill.symbol)?.notional ?? ZERO
  if (limits.maxOrderNotional !== null && own.gt(PRICE_TOLERANCE.times(limits.maxOrderNotional)))
    broken(`makes an entry of ${own.toFixed(2)} USD, the limit is ${limits.maxOrderNotional}`)
  const total = ours.reduce((sum, [, { notional }]) => sum.plus(notional), ZERO)
  if (limits.maxExposure !== null && total.gt(PRICE_TOLERANCE.times(limits.maxExposure).times(truth.equity)))
    broken(`makes an exposure of ${total.toFixed(2)} USD, the limit is ${limits.maxExposure} of ${truth.equity}`)
  const minis = ours.reduce((sum, [, { size }]) => sum.plus(size.abs()), ZERO).div(MICROS)
  if (limits.maxContracts !== null && minis.gt(limits.maxContracts))
    broken(`makes ${minis.toFixed()} minis, the limit is ${limits.maxContracts}`)
  return breaches
}
