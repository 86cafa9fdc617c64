/** Money that moves without trading: sends, withdrawals, perp/spot transfers, vaults, sub-accounts. Each returns a refusal or undefined. */
import { Decimal, isDecimalText, parseDecimal, toDecimalString } from '#domain/decimal.ts'
import type {
  SubAccountTransferAction,
  UsdClassTransferAction,
  UsdSendAction,
  VaultTransferAction,
  WithdrawAction,
} from './action.ts'
import { ensureAccount, moveCash } from './account.ts'
import { marginFigures, withdrawable } from './margin.ts'
import { accountError } from './messages.ts'
import type { AccountState, VenueState } from './state.ts'

const MICRO = 1_000_000
/** USDC the bridge keeps of each withdrawal. */
const WITHDRAWAL_FEE = new Decimal(1)

function amountOf(text: string): Decimal | undefined {
  const amount = isDecimalText(text) ? parseDecimal(text) : undefined
  return amount?.gt(0) === true && amount.decimalPlaces() <= 6 ? amount : undefined
}

function microUsd(units: number): Decimal | undefined {
  return Number.isSafeInteger(units) && units > 0 ? new Decimal(units).div(MICRO) : undefined
}

function free(state: VenueState, account: AccountState): Decimal {
  return withdrawable(marginFigures(state, account))
}

export function usdSend(state: VenueState, account: AccountState, action: UsdSendAction): string | undefined {
  const amount = amountOf(action.amount)
  if (amount === undefined) return accountError.invalidAmount
  if (amount.gt(free(state, account))) return accountError.insufficientTransfer
  const delta = {
    type: 'internalTransfer' as const,
    usdc: toDecimalString(amount),
    user: account.address,
    destination: action.destination,
    fee: toDecimalString(new Decimal(0)),
  }
  moveCash(state, account, amount.neg(), delta)
  moveCash(state, ensureAccount(state, action.destination), amount, delta)
  return undefined
}

export function withdraw3(state: VenueState, account: AccountState, action: WithdrawAction): string | undefined {
  const amount = amountOf(action.amount)
  if (amount === undefined || amount.lte(WITHDRAWAL_FEE)) return accountError.invalidAmount
  if (amount.gt(free(state, account))) return accountError.insufficientWithdrawal
  moveCash(state, account, amount.neg(), {
    type: 'withdraw',
    usdc: toDecimalString(amount.minus(WITHDRAWAL_FEE)),
    nonce: action.time,
    fee: toDecimalString(WITHDRAWAL_FEE),
  })
  return undefined
}

export function usdClassTransfer(
  state: VenueState,
  account: AccountState,
  action: UsdClassTransferAction,
): string | undefined {
  const amount = amountOf(action.amount)
  if (amount === undefined) return accountError.invalidAmount
  if (amount.gt(action.toPerp ? account.spotUsdc : free(state, account))) return accountError.insufficientTransfer
  const effect = action.toPerp ? amount : amount.neg()
  account.spotUsdc = account.spotUsdc.minus(effect)
  moveCash(state, account, effect, {
    type: 'accountClassTransfer',
    usdc: toDecimalString(amount),
    toPerp: action.toPerp,
  })
  return undefined
}

/** An agent may do this: money leaves the account into any vault (reference 3.3). Deposits come back at par. */
export function vaultTransfer(
  state: VenueState,
  account: AccountState,
  action: VaultTransferAction,
): string | undefined {
  const vault = state.accounts.get(action.vaultAddress)
  if (vault?.kind !== 'vault') return accountError.vaultNotRegistered(action.vaultAddress)
  const amount = microUsd(action.usd)
  if (amount === undefined) return accountError.invalidAmount
  const share = account.vaultEquity.get(vault.address) ?? new Decimal(0)
  if (amount.gt(action.isDeposit ? free(state, account) : share)) return accountError.insufficientTransfer
  const usdc = toDecimalString(amount)
  const zero = toDecimalString(new Decimal(0))
  const delta = action.isDeposit
    ? { type: 'vaultDeposit' as const, vault: vault.address, usdc }
    : {
        type: 'vaultWithdraw' as const,
        vault: vault.address,
        user: account.address,
        requestedUsd: usdc,
        commission: zero,
        closingCost: zero,
        basis: usdc,
        netWithdrawnUsd: usdc,
      }
  const effect = action.isDeposit ? amount.neg() : amount
  account.vaultEquity.set(vault.address, share.minus(effect))
  moveCash(state, account, effect, delta)
  moveCash(state, vault, effect.neg(), delta)
  return undefined
}

export function subAccountTransfer(
  state: VenueState,
  master: AccountState,
  action: SubAccountTransferAction,
): string | undefined {
  const child = state.accounts.get(action.subAccountUser)
  if (child?.kind !== 'subAccount' || child.master !== master.address) {
    return accountError.vaultNotRegistered(action.subAccountUser)
  }
  const amount = microUsd(action.usd)
  if (amount === undefined) return accountError.invalidAmount
  const [from, to] = action.isDeposit ? [master, child] : [child, master]
  if (amount.gt(free(state, from))) return accountError.insufficientTransfer
  const delta = {
    type: 'subAccountTransfer' as const,
    usdc: toDecimalString(amount),
    user: from.address,
    destination: to.address,
  }
  moveCash(state, from, amount.neg(), delta)
  moveCash(state, to, amount, delta)
  return undefined
}
