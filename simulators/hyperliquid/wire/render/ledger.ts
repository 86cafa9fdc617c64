/** Funding payments and balance movements as the wire prints them (reference section 4.1). */
import type { FundingRate } from '#simulators/hyperliquid/engine/instrument.ts'
import type { FundingPayment, LedgerDelta, LedgerUpdate } from '#simulators/hyperliquid/engine/record.ts'
import { wireNumber } from './number.ts'

/** A row of userFunding. */
export function fundingRow(payment: FundingPayment): object {
  return { time: payment.time, hash: payment.hash, delta: { type: 'funding', ...fundingDelta(payment) } }
}

/** A row of the userFundings stream, where the same facts come flat. */
export function fundingEvent(payment: FundingPayment): object {
  return { time: payment.time, ...fundingDelta(payment) }
}

function fundingDelta(payment: FundingPayment): object {
  return {
    coin: payment.coin,
    usdc: wireNumber(payment.usdc),
    szi: wireNumber(payment.szi),
    fundingRate: wireNumber(payment.fundingRate),
    nSamples: payment.nSamples,
  }
}

/** A row of fundingHistory. */
export function fundingRateRow(rate: FundingRate): object {
  return {
    coin: rate.coin,
    fundingRate: wireNumber(rate.fundingRate),
    premium: wireNumber(rate.premium),
    time: rate.time,
  }
}

/** A row of userNonFundingLedgerUpdates. */
export function ledgerRow(update: LedgerUpdate): object {
  return { time: update.time, hash: update.hash, delta: delta(update.delta) }
}

function delta(row: LedgerDelta): object {
  switch (row.type) {
    case 'deposit':
    case 'accountClassTransfer':
    case 'subAccountTransfer':
    case 'vaultDeposit':
      return { ...row, usdc: wireNumber(row.usdc) }
    case 'withdraw':
    case 'internalTransfer':
      return { ...row, usdc: wireNumber(row.usdc), fee: wireNumber(row.fee) }
    case 'vaultWithdraw':
      return {
        ...row,
        requestedUsd: wireNumber(row.requestedUsd),
        commission: wireNumber(row.commission),
        closingCost: wireNumber(row.closingCost),
        basis: wireNumber(row.basis),
        netWithdrawnUsd: wireNumber(row.netWithdrawnUsd),
      }
    case 'liquidation':
      return {
        ...row,
        liquidatedNtlPos: wireNumber(row.liquidatedNtlPos),
        accountValue: wireNumber(row.accountValue),
        liquidatedPositions: row.liquidatedPositions.map(({ coin, szi }) => ({ coin, szi: wireNumber(szi) })),
      }
  }
}
