/**
 * The trade-only signer: a key in a closure that signs allow-listed trading actions and nothing else. There is no
 * method for arbitrary typed data, messages or user-signed actions, so no caller can be tricked into moving funds.
 */
import { Wallet } from 'ethers'
import { CommandRefused } from '#brokers/errors.ts'
import { canonicalAction } from './action.ts'
import { agentDigestOf, connectionIdOf, type Network } from './action-hash.ts'

/** A private key that can be read but not printed (the configuration's `Secret` is one). */
export interface AgentKey {
  reveal(): string
}

const KEY_FORM = /^(0x)?[0-9a-fA-F]{64}$/

/** An action as it is posted to `/exchange`, without the braces around it. */
export interface SignedAction {
  readonly action: object
  readonly nonce: number
  readonly signature: { readonly r: string; readonly s: string; readonly v: number }
  readonly expiresAfter: number
}

/** Signs what the allow-list lets pass. */
export interface TradingSigner {
  /** Lower-case address of the agent. */
  readonly address: string
  /** `nonce` and `expiresAfter` in ms since epoch. @throws CommandRefused */
  signTradingAction(action: unknown, nonce: number, expiresAfter: number): SignedAction
}

/** Closes over an agent key. @throws CommandRefused when it is no private key; the text never shows it */
export function openTradingSigner(key: AgentKey, network: Network): TradingSigner {
  const wallet = openWallet(key)
  return Object.freeze({
    address: wallet.address.toLowerCase(),
    signTradingAction(action: unknown, nonce: number, expiresAfter: number): SignedAction {
      requireInstant('nonce', nonce)
      requireInstant('expiresAfter', expiresAfter)
      const canonical = canonicalAction(action)
      const connectionId = connectionIdOf(canonical, { nonce, vaultAddress: null, expiresAfter })
      const { r, s, v } = wallet.signingKey.sign(agentDigestOf(connectionId, network))
      return { action: canonical, nonce, signature: { r, s, v }, expiresAfter }
    },
  })
}

function requireInstant(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return
  throw new CommandRefused(`Expected ${name} as whole ms since epoch, saw ${value}.`)
}

function openWallet(key: AgentKey): Wallet {
  const text = key.reveal().trim()
  if (!KEY_FORM.test(text)) {
    throw new CommandRefused(
      `Expected an agent key of 64 hex digits, optionally after 0x; saw ${text.length} characters.`,
    )
  }
  try {
    return new Wallet(text.startsWith('0x') ? text : `0x${text}`)
  } catch {
    // The library's error is dropped on purpose: it might quote its argument.
    throw new CommandRefused('Expected an agent key within the range of secp256k1, saw a number outside of it.')
  }
}
