/**
 * Proof that the key can trade and can move nothing, from the venue's own word on it (reference section B6). Fails closed: a permission
 * group that we do not know is refused like one that moves funds.
 */
import { z } from 'zod'
import type { CredentialFinding } from '#brokers/broker.ts'
import { fail, ok, warn } from '#brokers/findings.ts'
import { CLOCK_BOUND_MS } from './capabilities.ts'
import { isConfiguration } from './codes.ts'
import { VenueRefusal, type VenueSession } from './session.ts'
import { keySchema, timeSchema, type WireKey } from './wire.ts'

/** A group of trading permissions that may be held beside contract trading, where the owner says so. None of them moves funds. */
export type ExtraPermission = 'Spot' | 'Options'

export interface CredentialSubject {
  readonly session: VenueSession
  /** Our time, ms since epoch. */
  readonly now: number
  readonly allowedPermissions: readonly ExtraPermission[]
  /** A symbol that is traded, to ask for its position mode. */
  readonly symbol: string
}

/** Contract trading itself, and what a unified account sets beside it. */
const TRADING_GROUPS: readonly string[] = ['ContractTrade', 'Derivatives']
const NEEDED: readonly string[] = ['Order', 'Position']
/** Keys without a bound address die after 90 days; this many days before, somebody should know. */
const EXPIRING_DAYS = 14

/** All findings, most important first. @throws BrokerUnavailable when the venue cannot be asked at all */
export async function checkCredentials(subject: CredentialSubject): Promise<CredentialFinding[]> {
  const clock = await checkClock(subject)
  const key = await readKey(subject.session)
  if (isFinding(key)) return [key, clock]
  return [
    checkPermissions(key, subject.allowedPermissions),
    checkTrading(key),
    checkAccountKind(key),
    ...checkCare(key),
    await checkPositionMode(subject),
    clock,
  ]
}

function isFinding(answer: WireKey | CredentialFinding): answer is CredentialFinding {
  return 'level' in answer && 'check' in answer
}

async function readKey(session: VenueSession): Promise<WireKey | CredentialFinding> {
  try {
    return (await session.read('/v5/user/query-api', {}, keySchema)).data
  } catch (error) {
    if (!(error instanceof VenueRefusal) || !isConfiguration(error.code)) throw error
    return fail(
      'key',
      error.message,
      'Check the key, its secret, the addresses it is bound to and the network it was made on: keys of mainnet, demo and testnet are not known to each other.',
    )
  }
}

/** Whether the groups of a key leave nothing but trading. */
export function checkPermissions(
  { permissions }: Pick<WireKey, 'permissions'>,
  allowed: readonly ExtraPermission[],
): CredentialFinding {
  const harmless = new Set<string>([...TRADING_GROUPS, ...allowed])
  const excess = Object.entries(permissions).filter(
    ([group, rights]) => rights !== null && rights.length > 0 && !harmless.has(group),
  )
  if (excess.length === 0) {
    return ok(
      'permissions',
      `nothing but ${[...harmless].join(', ')}; and our signer signs orders, cancels and reads only`,
    )
  }
  const shown = excess.map(([group, rights]) => `${group}: ${(rights ?? []).join(', ')}`).join('; ')
  return fail(
    'permissions',
    `Expected nothing but contract trading, saw ${shown}.`,
    'Make a key of its own with "Contract - Orders, Positions" only, then treat this one as exposed; never edit the key of a programme.',
  )
}

function checkTrading({ readOnly, permissions }: WireKey): CredentialFinding {
  const rights = permissions['ContractTrade'] ?? []
  const missing = NEEDED.filter((right) => !rights.includes(right))
  if (readOnly === 0 && missing.length === 0) return ok('trading', 'may place orders and read positions')
  const seen = readOnly === 0 ? `ContractTrade without ${missing.join(', ')}` : 'a read-only key'
  return fail(
    'trading',
    `Expected a key that may trade, saw ${seen}.`,
    'Make a key with "Contract - Orders, Positions".',
  )
}

function checkAccountKind({ uta }: WireKey): CredentialFinding {
  if (uta === 1) return ok('account kind', 'unified account')
  return fail('account kind', `Expected a unified account (uta 1), saw ${uta ?? 'nothing'}.`, 'Upgrade the account.')
}

/** What is no danger today and may become one. */
function checkCare({ ips, deadlineDay, isMaster, type }: WireKey): CredentialFinding[] {
  const unbound = ips == null || ips.length === 0 || ips.includes('*')
  // -2: it never ends.
  const isEnding = deadlineDay !== undefined && deadlineDay >= 0 && deadlineDay < EXPIRING_DAYS
  return [
    ...(unbound
      ? [warn('addresses', 'The key works from any address.', 'Bind it to the address of this machine.')]
      : []),
    ...(isEnding ? [warn('expiry', `The key ends in ${deadlineDay} days.`, 'Make a new one in time.')] : []),
    ...(isMaster === true
      ? [warn('owner', 'The key is of a master account.', 'Prefer a sub-account: its keys can never withdraw.')]
      : []),
    ...(type === 2 ? [warn('kind', 'The key belongs to a third-party application.', 'Make a key of your own.')] : []),
  ]
}

async function checkClock({ session, now }: CredentialSubject): Promise<CredentialFinding> {
  const { time } = await session.read('/v5/market/time', {}, timeSchema)
  const skew = now - time
  if (Math.abs(skew) <= CLOCK_BOUND_MS) return ok('clock', `within ${CLOCK_BOUND_MS} ms of the venue's`)
  return fail(
    'clock',
    `Our clock is ${Math.abs(skew)} ms ${skew < 0 ? 'behind' : 'ahead of'} the venue's.`,
    'Synchronise the clock (NTP).',
  )
}

const modeSchema = z.looseObject({ list: z.array(z.looseObject({ positionIdx: z.int() })).min(1) })

// Asked for by symbol: only then the venue answers a row of a flat position, or the two rows of hedge mode.
async function checkPositionMode({ session, symbol }: CredentialSubject): Promise<CredentialFinding> {
  const { data } = await session.read('/v5/position/list', { category: 'linear', symbol }, modeSchema)
  if (data.list.every(({ positionIdx }) => positionIdx === 0)) return ok('position mode', 'one-way')
  return fail('position mode', `${symbol} is in hedge mode.`, "Switch the account to one-way mode on the venue's page.")
}
