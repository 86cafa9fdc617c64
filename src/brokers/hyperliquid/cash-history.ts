/**
 * Funding payments and transfers of an interval: what changes equity without being a trade. Only what enters or leaves
 * the perpetuals balance counts; a kind of row we do not know is kept with amount 0, so the equity check shows it.
 */
import { Decimal, decimal, decimalString, isDecimalText, toDecimalString, ZERO } from '#domain/decimal.ts'
import { factIdOf } from '#domain/ids.ts'
import { z } from 'zod'
import type { CashRow } from '#brokers/broker.ts'
import { BrokerProtocolError } from '#brokers/errors.ts'
import { fundingSchema, ledgerSchema, type WireFunding, type WireLedgerUpdate } from './info-schema.ts'
import type { VenueSession } from './session.ts'
import { instrumentOf } from './symbols.ts'
import { type Interval, readAllPages } from './time-pages.ts'

/** Reads the cash rows of a user, in time order. @throws BrokerUnavailable */
export async function readCash(
  session: VenueSession,
  user: string,
  pageSize: number,
  interval: Interval,
): Promise<CashRow[]> {
  const ask = async <Row extends { readonly time: number }>(
    type: string,
    schema: z.ZodType<Row>,
    idOf: (row: Row) => string,
  ): Promise<readonly Row[]> => {
    const { rows } = await readAllPages(
      {
        name: `Hyperliquid ${type}`,
        pageSize,
        fetch: async ({ from, through }) =>
          (await session.info({ type, user, startTime: from, endTime: through }, z.array(schema))).data,
        timeOf: (row) => row.time,
        idOf,
      },
      interval,
    )
    return rows
  }
  const funding = await ask('userFunding', fundingSchema, fundingId)
  const updates = await ask('userNonFundingLedgerUpdates', ledgerSchema, transferId)
  const rows = [...funding.map(fundingRow), ...updates.map((update) => transferRow(update, user))]
  return rows.toSorted((a, b) => a.time - b.time)
}

function fundingId(row: WireFunding): string {
  return factIdOf('funding', row.delta.coin, String(row.time))
}

function fundingRow(row: WireFunding): CashRow {
  const { coin, usdc } = row.delta
  return { id: fundingId(row), kind: 'funding', instrument: instrumentOf(coin), amount: usdc, time: row.time }
}

// One transaction may hold several updates, so what they say is part of their identity.
function transferId(row: WireLedgerUpdate): string {
  const { type } = row.delta
  const facts = ['usdc', 'amount', 'netWithdrawnUsd', 'user', 'destination', 'toPerp', 'vault'].map((name) =>
    JSON.stringify(row.delta[name] ?? null),
  )
  return factIdOf(`transfer-${type}`, row.hash, String(row.time), ...facts)
}

function transferRow(row: WireLedgerUpdate, user: string): CashRow {
  return {
    id: transferId(row),
    kind: 'transfer',
    instrument: null,
    amount: toDecimalString(PERP_AMOUNT.get(row.delta.type)?.(row.delta, user) ?? ZERO),
    time: row.time,
  }
}

type Delta = WireLedgerUpdate['delta']

type AmountRule = (delta: Delta, user: string) => Decimal

const received: AmountRule = (delta) => amount(delta, 'usdc')
const paid: AmountRule = (delta) => amount(delta, 'usdc').plus(feeOf(delta)).negated()

// Signed change of the perpetuals balance in USDC, by kind of update; kinds not listed do not touch it as far as we know.
const PERP_AMOUNT: ReadonlyMap<string, AmountRule> = new Map<string, AmountRule>([
  ['deposit', received],
  ['vaultDistribution', received],
  ['vaultLeaderCommission', received],
  ['withdraw', paid],
  ['vaultCreate', paid],
  ['vaultDeposit', paid],
  ['vaultWithdraw', (delta) => amount(delta, 'netWithdrawnUsd')],
  ['accountClassTransfer', (delta) => (delta['toPerp'] === true ? received : paid)(delta, '')],
  ['internalTransfer', transferAmount],
  ['subAccountTransfer', transferAmount],
  ['send', sendAmount],
])

function transferAmount(delta: Delta, user: string): Decimal {
  return (isFor(delta, 'destination', user) ? received : paid)(delta, user)
}

// A send moves between exchanges ("" is ours, "spot" is the spot side), of one user or of two.
function sendAmount(delta: Delta, user: string): Decimal {
  if (delta['token'] !== 'USDC') return new Decimal(0)
  const value = amount(delta, 'amount')
  const into = delta['destinationDex'] === '' && isFor(delta, 'destination', user) ? value : new Decimal(0)
  const out = delta['sourceDex'] === '' && isFor(delta, 'user', user) ? value.plus(feeOf(delta)) : new Decimal(0)
  return into.minus(out)
}

function isFor(delta: Delta, field: string, user: string): boolean {
  const address = delta[field]
  return typeof address === 'string' && address.toLowerCase() === user
}

/** @throws BrokerProtocolError: an amount that cannot be read is not none */
function amount(delta: Delta, field: string): Decimal {
  const text = delta[field]
  if (typeof text === 'string' && isDecimalText(text)) return decimal(decimalString(text))
  const seen = JSON.stringify(text)?.slice(0, 100) ?? 'nothing'
  throw new BrokerProtocolError(
    `Hyperliquid ledger update ${delta.type}: at ${field} expected a plain decimal, saw ${seen}.`,
  )
}

/** Many updates carry no fee. @throws BrokerProtocolError */
function feeOf(delta: Delta): Decimal {
  return delta['fee'] == null ? ZERO : amount(delta, 'fee')
}
