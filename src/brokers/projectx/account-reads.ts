/**
 * Balance and positions of one account. The venue tells them on two endpoints, so a reading counts only when nothing changed around
 * it. Open PnL is not the venue's: entry average against last price, for showing and for limits, never booked.
 */
import { type DecimalString, decimal, sumDecimals, toDecimalString } from '#domain/decimal.ts'
import type { AccountSnapshot, BrokerPosition } from '#brokers/broker.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import type { ContractReads } from './contract-reads.ts'
import { instrumentOf } from './contracts.ts'
import type { LastPrices } from './last-prices.ts'
import type { Holding, PositionReads } from './position-reads.ts'
import type { VenueSession } from './session.ts'
import { type WireAccount, accountsSchema } from './wire.ts'

/** How an account is named: by the venue's id or by its exact name. */
export type AccountName = { readonly accountId: string } | { readonly accountName: string }

/** All accounts that the key reaches, those it may not trade included. @throws BrokerUnavailable */
export async function readAccounts(
  session: VenueSession,
): Promise<{ readonly accounts: readonly WireAccount[]; readonly serverDate: number | null }> {
  const body = { onlyActiveAccounts: false }
  const { data, serverDate } = await session.read('/api/Account/search', body, accountsSchema)
  return { accounts: data.accounts, serverDate }
}

/** The one account of that name. @throws BrokerUnavailable when the key does not reach it */
export function namedAccount(accounts: readonly WireAccount[], name: AccountName): WireAccount {
  const found = accounts.find((row) =>
    'accountId' in name ? row.id === name.accountId : row.name === name.accountName,
  )
  if (found !== undefined) return found
  const wanted = 'accountId' in name ? name.accountId : name.accountName
  const seen = accounts.map((row) => `${row.name} (${row.id})`).join(', ')
  throw new BrokerUnavailable(`ProjectX Account/search: expected account ${wanted}, saw ${seen || 'none'}.`)
}

/** What an account reading rests on. */
export interface AccountSources {
  readonly session: VenueSession
  readonly accountId: string
  readonly positions: PositionReads
  readonly contracts: ContractReads
  readonly prices: LastPrices
  readonly clock: () => number
}

interface Reading {
  readonly account: WireAccount
  readonly holdings: readonly Holding[]
  /** The venue's time when it told the account, whole seconds in ms; null when it said none. */
  readonly serverDate: number | null
}

const READINGS_MAX = 4

export class AccountReads {
  readonly #sources: AccountSources
  #last: Reading | null = null

  constructor(sources: AccountSources) {
    this.#sources = sources
  }

  /** The account's own row. @throws BrokerUnavailable */
  async account(): Promise<WireAccount> {
    return (await this.#ownRow()).account
  }

  async #ownRow(): Promise<Omit<Reading, 'holdings'>> {
    const { session, accountId } = this.#sources
    const { accounts, serverDate } = await readAccounts(session)
    return { account: namedAccount(accounts, { accountId }), serverDate }
  }

  /** Contracts held at the last reading. */
  get held(): readonly string[] {
    return this.#last?.holdings.map(({ contractId }) => contractId) ?? []
  }

  /** @throws BrokerUnavailable also while the account never stands still between its two endpoints */
  async snapshot(): Promise<AccountSnapshot> {
    const startedAt = this.#sources.clock()
    const { account, holdings, serverDate } = await this.#consistent()
    const positions = await Promise.all(holdings.map((holding) => this.#positionOf(holding)))
    const unrealised = sumDecimals(positions.map((position) => position.unrealised))
    return {
      equity: toDecimalString(decimal(account.balance).plus(unrealised)),
      balance: account.balance,
      restriction: account.canTrade
        ? null
        : `canTrade=false: the venue has locked account ${account.name} (a rule of the programme, or its day's end)`,
      unrealised: toDecimalString(unrealised),
      positions,
      asOf: serverDate ?? startedAt,
    }
  }

  /** Balance and positions of one moment: the same before and after, or the same as at the reading before. */
  async #consistent(): Promise<Reading> {
    let { account, serverDate } = await this.#ownRow()
    for (let reading = 0; reading < READINGS_MAX; reading += 1) {
      const holdings = await this.#sources.positions.open()
      const before = this.#last
      this.#last = { account, holdings, serverDate }
      if (before !== null && isSame(before, this.#last)) return this.#last
      const again = await this.#ownRow()
      if (again.account.balance === account.balance && again.account.canTrade === account.canTrade) return this.#last
      account = again.account
      serverDate = again.serverDate
    }
    throw new BrokerUnavailable(
      `ProjectX account ${account.name}: its balance moved during each of ${READINGS_MAX} readings.`,
    )
  }

  async #positionOf({ contractId, size, averagePrice }: Holding): Promise<BrokerPosition> {
    const { contracts, prices } = this.#sources
    const [{ tickSize, tickValue }, last] = await Promise.all([contracts.tickTerms(contractId), prices.of(contractId)])
    if (last === null) {
      throw new BrokerUnavailable(`ProjectX ${contractId}: the account holds it, but the venue has no price of it.`)
    }
    return {
      instrument: instrumentOf(contractId),
      size,
      entryAverage: averagePrice,
      unrealised: openPnl({ size, averagePrice, last, tickSize, tickValue }),
      liquidationPrice: null,
    }
  }
}

/** USD, to the cent fraction the average gives. */
function openPnl(terms: {
  readonly size: DecimalString
  readonly averagePrice: DecimalString
  readonly last: DecimalString
  readonly tickSize: DecimalString
  readonly tickValue: DecimalString
}): DecimalString {
  const points = decimal(terms.last).minus(terms.averagePrice).times(terms.size)
  return toDecimalString(points.times(terms.tickValue).div(terms.tickSize))
}

function isSame(a: Reading, b: Reading): boolean {
  const { balance, canTrade } = a.account
  return (
    balance === b.account.balance &&
    canTrade === b.account.canTrade &&
    JSON.stringify(a.holdings) === JSON.stringify(b.holdings)
  )
}
