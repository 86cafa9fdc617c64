/**
 * Read-only checks at boot, daily and by doctor: which account the key is used for, what the programme allows there, and whether the
 * venue's contracts are what the exchange says. The venue has no path that moves money; what is at risk is the WRONG account,
 * because one key reaches all accounts of a user (reference A5, C6).
 */
import type { CredentialFinding } from '#brokers/broker.ts'
import { checkClock, fail, ok, warn } from '#brokers/findings.ts'
import { type AccountName, namedAccount, readAccounts } from './account-reads.ts'
import type { RefusedContract } from './contracts.ts'
import type { VenueSession } from './session.ts'
import type { WireAccount } from './wire.ts'

/** What is checked. `now` in ms. */
export interface CredentialSubject {
  readonly session: VenueSession
  readonly name: AccountName
  readonly allowLiveFunded: boolean
  /** Beginnings of the names that may be traded; a size before them (`50KTC-`) does not count. */
  readonly namePrefixes: readonly string[]
  readonly refused: readonly RefusedContract[]
  /** The venue's words when it last refused a bracket because of the account's mode; null when it never did. */
  readonly bracketRefusal: string | null
  readonly now: number
}

/** Practice, trading combine, express funded: the stages on which the programme allows automation. */
export const NAME_PREFIXES = ['PRAC-', 'KTC-', 'EXPRESS-'] as const

/** All findings, most important first. @throws BrokerUnavailable */
export async function checkCredentials(subject: CredentialSubject): Promise<CredentialFinding[]> {
  const { accounts, serverDate } = await readAccounts(subject.session)
  const account = namedAccount(accounts, subject.name)
  return [
    ok(
      'account',
      `${account.name} (${account.id}); the venue has no path that moves money, and we call only what trading needs`,
    ),
    checkStage(account, subject.namePrefixes),
    checkRouting(account, subject.allowLiveFunded),
    checkLock(account),
    ...subject.refused.map((contract) => checkContract(contract)),
    ...checkOthers(account, accounts),
    ...checkBrackets(subject.bracketRefusal),
    checkClock(subject.now, serverDate),
  ]
}

function checkStage({ name }: WireAccount, prefixes: readonly string[]): CredentialFinding {
  const check = 'account stage'
  if (prefixes.some((prefix) => name.replace(/^\d+(?=K)/, '').startsWith(prefix)))
    return ok(check, `${name} is of an allowed stage`)
  return fail(
    check,
    `Expected an account whose name begins with ${prefixes.join(', ')}, saw ${name}.`,
    'Name an account of such a stage, or find out what this one is before you trade it.',
  )
}

function checkRouting({ name, simulated }: WireAccount, allowLiveFunded: boolean): CredentialFinding {
  const check = 'simulated account'
  if (simulated) return ok(check, `${name} is simulated`)
  const detail = `${name} is not simulated: live funded accounts may not be automated (programme policy).`
  return allowLiveFunded
    ? warn(check, detail, 'You allowed it in the configuration; make sure that the programme does, in writing.')
    : fail(check, detail, 'Name a simulated account.')
}

/** A lock ends entries, not our care for what is open: the account's restriction says it as well. */
function checkLock({ name, canTrade }: WireAccount): CredentialFinding {
  const check = 'permission to trade'
  if (canTrade) return ok(check, `canTrade is true`)
  return warn(
    check,
    `canTrade is false: the venue has locked ${name}.`,
    "Read the programme's page; entries wait until it is lifted.",
  )
}

function checkContract({ contractId, reason }: RefusedContract): CredentialFinding {
  return fail(`contract ${contractId}`, reason, 'Ask the venue; entries in this contract are refused.')
}

function checkOthers(account: WireAccount, accounts: readonly WireAccount[]): CredentialFinding[] {
  const others = accounts.filter(({ id }) => id !== account.id)
  if (others.length === 0) return []
  const names = others.map(({ name, id }) => `${name} (${id})`).join(', ')
  return [
    warn(
      'other accounts',
      `The key also reaches ${names}: the venue has no key for one account alone.`,
      'Nothing to do: every request names the configured account. Keep the key where only this process reads it.',
    ),
  ]
}

function checkBrackets(refusal: string | null): CredentialFinding[] {
  if (refusal === null) return []
  return [
    warn(
      'brackets',
      `The venue refused a stop inside an entry: ${refusal}.`,
      "In the platform's settings switch the account from Position Brackets to Auto OCO Brackets.",
    ),
  ]
}
