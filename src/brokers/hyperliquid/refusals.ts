/**
 * The venue's refusals that we recognise, and when in its processing it makes them. Anything else is unknown (A18, I7):
 * a text that looks like an error proves nothing while we do not know what it means.
 */

/**
 * `order`: this order was looked at and refused; its request's nonce is spent.
 * `request`: the request was turned away before its nonce counted, so it says nothing of an earlier transmission.
 */
export interface Refusal {
  readonly stage: 'order' | 'request'
  /** What to do, where the venue's words do not say it. */
  readonly advice: string | null
}

// Sources: the venue's error page and live answers, see ARCHITECTURE.md; texts may end in " asset=<n>".
const ORDER_REFUSALS: readonly RegExp[] = [
  /^Price must be divisible by tick size/,
  /^Order must have minimum value of /,
  /^Insufficient margin to place order/,
  /^Reduce only order would increase position/,
  /^Post only order would have immediately matched/,
  /^Only post-only orders allowed immediately after (a )?network upgrade/,
  /^Order could not immediately match against any resting orders/,
  /^Invalid TP\/SL price/,
  /^No liquidity available for market order/,
  /^Order would increase open interest (while open interest is capped|too quickly)/,
  /^Order rejected due to price more aggressive than oracle/,
  /^(Order has insufficient spot balance to trade|Insufficient spot balance)/,
  /^(Order price|Price) too far from oracle/,
  /^Order would cause position to exceed margin tier limit/,
  /^Order was never placed, already canceled, or filled/,
  /^Order has (invalid price|invalid size|zero size)/,
  /^Order price cannot be more than 80% away from the reference price/,
  /^Order value too large/,
  /^Orders are empty/,
  /^Too many open orders/,
]

const WALLET_UNKNOWN = /^User or API Wallet 0x[0-9a-fA-F]{40} does not exist/
const REQUEST_REFUSALS: readonly { readonly text: RegExp; readonly advice: string | null }[] = [
  {
    text: WALLET_UNKNOWN,
    advice:
      'Is that the agent of this configuration? Then it expired or was removed: approve a NEW agent key. ' +
      'Another address means that the network setting (mainnet or testnet) does not match the venue.',
  },
  {
    text: /^Too many cumulative requests sent/,
    advice: 'The account is out of request allowance: it grows by 1 per USDC traded.',
  },
  { text: /^Must deposit before performing actions/, advice: 'The signing address has no account at this venue.' },
  { text: /^Vault not registered/, advice: null },
  { text: /^Vault may not perform this action/, advice: null },
  { text: /^User has pending agent removal/, advice: null },
  { text: /^Mainnet and testnet require different signature/, advice: 'Check the network setting.' },
  { text: /^Multi-sig required/, advice: 'This account is multi-signature: an agent cannot trade it.' },
  { text: /^Unable to recover signer/, advice: null },
]

/** Recognises the refusal of an order or of a whole request; null when we do not know the text. */
export function refusalOf(text: string): Refusal | null {
  const plain = text.replace(/^L1 error: /, '')
  if (ORDER_REFUSALS.some((pattern) => pattern.test(plain))) return { stage: 'order', advice: null }
  const request = REQUEST_REFUSALS.find((entry) => entry.text.test(plain))
  return request === undefined ? null : { stage: 'request', advice: request.advice }
}

/** What the venue says of a nonce or a deadline. `fresh`: it said nothing of the kind. */
export type NonceVerdict = 'duplicate' | 'too-low' | 'too-high' | 'expired' | 'other'

/** Reads a whole-request error for its verdict on `nonce`; another request's nonce in the text makes it `other`. */
export function nonceVerdictOf(text: string, nonce: number | null): NonceVerdict {
  if (text.startsWith('Action already expired')) return 'expired'
  const match = /^Invalid nonce: (duplicate nonce|nonce too low|nonce too high) (\d+)/.exec(text)
  if (match === null || match[2] !== String(nonce)) return 'other'
  const verdicts = { 'duplicate nonce': 'duplicate', 'nonce too low': 'too-low', 'nonce too high': 'too-high' } as const
  return verdicts[match[1] as keyof typeof verdicts]
}

// Answers of the venue's own request parser: it never got as far as the signature.
const UNPARSED: readonly { readonly status: number; readonly text: RegExp }[] = [
  { status: 400, text: /^Failed to parse the request body as JSON/ },
  { status: 415, text: /^Expected request with `Content-Type: application\/json`/ },
  { status: 422, text: /^Failed to deserialize the JSON body into the target type/ },
]

/** Whether an HTTP error is the venue's parser saying that it could not even read the request. */
export function isUnreadRequest(status: number, body: string): boolean {
  return UNPARSED.some((entry) => entry.status === status && entry.text.test(body))
}
