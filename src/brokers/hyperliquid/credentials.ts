/**
 * Read-only proof, at boot and by doctor, that the key is an agent of the configured account and nothing more. The venue
 * tells the role of an address; what an agent cannot do follows from its role, what it must not do from our allow-list.
 */
import type { CredentialFinding } from '#brokers/broker.ts'
import { checkClock, fail, ok, warn } from '#brokers/findings.ts'
import { type AccountReads, isPlainMode } from './account-reads.ts'
import { extraAgentsSchema, userRoleSchema } from './info-schema.ts'
import type { VenueSession } from './session.ts'

const DAY_MS = 86_400_000
const FAIL_BEFORE_MS = DAY_MS
const WARN_BEFORE_MS = 7 * DAY_MS
const ADDRESS = /^0x[0-9a-f]{40}$/

/** Whom to check. Addresses lower case; `now` in ms. */
export interface CredentialSubject {
  readonly session: VenueSession
  readonly accounts: AccountReads
  readonly master: string
  readonly agent: string
  readonly now: number
}

/** All findings, most important first. @throws BrokerUnavailable */
export async function checkCredentials(subject: CredentialSubject): Promise<CredentialFinding[]> {
  const addresses = checkAddresses(subject)
  if (addresses.level === 'fail') return [addresses]
  const asked = subject.session.info({ type: 'userRole', user: subject.agent }, userRoleSchema)
  const { data: role, serverDate } = await asked
  const roleFinding = checkRole(subject, role.role, role.data?.user)
  const expiry = roleFinding.level === 'ok' ? [await checkExpiry(subject)] : []
  const mode = await subject.accounts.mode()
  return [addresses, roleFinding, ...expiry, checkMode(subject, mode), checkClock(subject.now, serverDate)]
}

function checkAddresses({ master, agent }: CredentialSubject): CredentialFinding {
  const check = 'addresses'
  if (!ADDRESS.test(master)) {
    return fail(
      check,
      `Expected the account as an address of 0x and 40 hex digits, saw ${master}.`,
      'Correct the address in the configuration.',
    )
  }
  if (master === agent) {
    return fail(
      check,
      `The key belongs to ${agent}, the account itself: a root key can withdraw.`,
      'Approve an agent (API wallet) for the account and configure its key; then treat this key as exposed.',
    )
  }
  return ok(check, `agent ${agent} acts for ${master}; positions are read from the latter`)
}

function checkRole({ master, agent }: CredentialSubject, role: string, user: string | undefined): CredentialFinding {
  const check = 'agent role'
  if (role === 'agent' && user?.toLowerCase() === master) {
    return ok(
      check,
      `${agent} is an agent of ${master}: the venue lets it trade; withdrawals, transfers, sends and approvals need the ` +
        'root key, and our signer signs orders, cancels, leverage and noop only (no vault transfer, no builder fee)',
    )
  }
  const wrong: Readonly<Record<string, string>> = {
    agent: `${agent} is an agent, but of ${user}, not of ${master}.`,
    user: `${agent} is an account of its own: this is a ROOT key, which can withdraw.`,
    missing: `The venue does not know ${agent}: never approved, expired or removed.`,
    vault: `${agent} is a vault.`,
    subAccount: `${agent} is a sub-account.`,
  }
  return fail(
    check,
    wrong[role] ?? `Expected the role "agent" for ${agent}, saw ${JSON.stringify(role)}.`,
    `With the root wallet, approve a NEW agent key for ${master} in the venue's API page and configure that key.`,
  )
}

async function checkExpiry({ session, master, agent, now }: CredentialSubject): Promise<CredentialFinding> {
  const check = 'agent validity'
  const { data: agents } = await session.info({ type: 'extraAgents', user: master }, extraAgentsSchema)
  const row = agents.find((entry) => entry.address.toLowerCase() === agent)
  const fix = `Approve a NEW agent key for ${master} (never the same address again: old signed orders would become valid) and configure it.`
  if (row === undefined) {
    return warn(
      check,
      `${agent} is not among the named agents, so the venue does not tell when it expires.`,
      'Approve a named agent.',
    )
  }
  if (row.validUntil == null) return ok(check, `agent "${row.name}" has no end of validity`)
  const left = row.validUntil - now
  const detail = `agent "${row.name}" is valid until ${new Date(row.validUntil).toISOString()}`
  if (left < FAIL_BEFORE_MS) return fail(check, `${detail}: ${left <= 0 ? 'expired' : 'less than a day left'}.`, fix)
  return left < WARN_BEFORE_MS ? warn(check, `${detail}: less than 7 days left.`, fix) : ok(check, detail)
}

function checkMode({ master }: CredentialSubject, mode: string): CredentialFinding {
  const check = 'account mode'
  if (isPlainMode(mode)) return ok(check, `mode ${mode}: perpetuals state and collateral are one`)
  return fail(
    check,
    `${master} is in mode ${mode}: its perpetuals state would read as zero money.`,
    "Switch the account to the default mode in the venue's settings.",
  )
}
