/**
 * The venue's error codes by endpoint: the same integer means another thing on each (reference C2 and C4, from the published schema).
 * A code we do not know means "unknown", never "refused" (failure cases A18, I7).
 */

/** Every path we may call. There is no path that moves money at this venue; nothing else can be called either. */
export const PATHS = [
  '/api/Auth/loginKey',
  '/api/Auth/validate',
  '/api/Account/search',
  '/api/Contract/available',
  '/api/Contract/searchById',
  '/api/History/retrieveBars',
  '/api/Order/place',
  '/api/Order/cancel',
  '/api/Order/search',
  '/api/Order/searchById',
  '/api/Order/v2/query',
  '/api/Position/searchOpen',
  '/api/Trade/search',
] as const
export type Path = (typeof PATHS)[number]

const NAMES: Partial<Readonly<Record<Path, Readonly<Record<number, string>>>>> = {
  '/api/Auth/loginKey': {
    1: 'UserNotFound',
    2: 'PasswordVerificationFailed',
    3: 'InvalidCredentials',
    4: 'AppNotFound',
    5: 'AppVerificationFailed',
    6: 'InvalidDevice',
    7: 'AgreementsNotSigned',
    8: 'UnknownError',
    9: 'ApiSubscriptionNotFound',
    10: 'ApiKeyAuthenticationDisabled',
  },
  '/api/Auth/validate': { 1: 'InvalidSession', 2: 'SessionNotFound', 3: 'ExpiredToken', 4: 'UnknownError' },
  '/api/History/retrieveBars': {
    1: 'ContractNotFound',
    2: 'UnitInvalid',
    3: 'UnitNumberInvalid',
    4: 'LimitInvalid',
  },
  '/api/Order/place': {
    1: 'AccountNotFound',
    2: 'OrderRejected',
    3: 'InsufficientFunds',
    4: 'AccountViolation',
    5: 'OutsideTradingHours',
    6: 'OrderPending',
    7: 'UnknownError',
    8: 'ContractNotFound',
    9: 'ContractNotActive',
    10: 'AccountRejected',
  },
  '/api/Order/cancel': {
    1: 'AccountNotFound',
    2: 'OrderNotFound',
    3: 'Rejected',
    4: 'Pending',
    5: 'UnknownError',
    6: 'AccountRejected',
  },
}

/** Codes of the two sending endpoints that say "undecided". */
const UNDECIDED: Partial<Readonly<Record<Path, ReadonlySet<number>>>> = {
  '/api/Order/place': new Set([6, 7]),
  '/api/Order/cancel': new Set([4, 5]),
}

/** Whether the venue refused for good, left it open, or said something we do not know. */
export function standingOf(path: '/api/Order/place' | '/api/Order/cancel', code: number): 'refused' | 'undecided' {
  const known = NAMES[path]?.[code] !== undefined
  return known && UNDECIDED[path]?.has(code) !== true ? 'refused' : 'undecided'
}

/** The code's name and the venue's own words, for messages. */
export function errorWords(path: Path, code: number, message: string | null | undefined): string {
  const name = NAMES[path]?.[code] ?? 'a code we do not know'
  return `${message ?? 'no message'} (errorCode ${code}, ${name})`
}

/** The words with which the venue refuses a customTag that it has seen before; observed live in 2026-08, errorCode 2. */
export function isTagTaken(code: number, message: string | null | undefined): boolean {
  return code === 2 && /custom ?tag.*already|already.*custom ?tag/i.test(message ?? '')
}
