/** Read-only checks of one account at its venue: reach, credentials, clock, instruments, equity. */
import type { Broker } from '#brokers/broker.ts'
import { type AccountConfig, placeOf } from '#config/account.ts'
import { type Check, fail, ok, readableSecret, skip } from './checks.ts'
import { openBroker } from './open-broker.ts'
import type { Credentials } from './secrets.ts'
import { sessionChecks } from './session-checks.ts'

/** All that can be said of an account without sending anything but reads. */
export async function checkAccount(account: AccountConfig, clock: () => number): Promise<Check[]> {
  const name = `account ${account.id}`
  const credentials = readableCredentials(account)
  if (credentials === null) return [skip(name, 'its credentials cannot be read; see the secrets')]
  let broker: Broker
  try {
    broker = await openBroker(account, { credentials, clock, sharedBy: 1 })
  } catch (error) {
    return [
      fail(
        name,
        (error as Error).message,
        `check the network and the key; address: ${account.baseUrl ?? placeOf(account)}`,
      ),
    ]
  }
  try {
    return [
      ...(await attempted(name, () => credentialChecks(name, broker, clock()))),
      ...(await attempted(name, () => instrumentChecks(name, account, broker))),
      ...(await attempted(name, () => hoursChecks(name, account, broker, clock()))),
      ...(await attempted(name, () => equityChecks(name, broker))),
      ...guaranteeChecks(name, broker),
    ]
  } finally {
    await broker.close()
  }
}

/** Null when one of them cannot be read here. */
export function readableCredentials(account: AccountConfig): Credentials | null {
  const read = Object.entries(account.secrets).map(([key, ref]) => [key, readableSecret(ref)] as const)
  const known = read.flatMap(([key, secret]) => (secret === null ? [] : [[key, secret] as const]))
  return known.length === read.length ? Object.fromEntries(known) : null
}

async function credentialChecks(name: string, broker: Broker, now: number): Promise<Check[]> {
  const findings = await broker.checkCredentials(now)
  return findings.map(({ level, check, detail, fix }) => ({ level, check: `${name}: ${check}`, detail, fix }))
}

async function instrumentChecks(name: string, account: AccountConfig, broker: Broker): Promise<Check[]> {
  const check = `${name}: instruments`
  const instruments = await broker.listInstruments()
  const listed = new Set(
    instruments.flatMap(({ instrument, root }) => (root === null ? [instrument] : [instrument, root])),
  )
  const marks = await broker.readMarks()
  const wanted = account.policy.gates.instruments.filter((entry) => entry !== '*')
  const missing = wanted.filter((entry) => !listed.has(entry))
  if (missing.length > 0) {
    const detail = `expected instruments that the venue lists, saw ${missing.join(', ')}`
    return [
      fail(
        check,
        detail,
        `correct gates.instruments of ${account.id}; listed are for example ${[...listed].slice(0, 5).join(', ')}`,
      ),
    ]
  }
  const priced = new Set(
    instruments.filter(({ instrument }) => marks.has(instrument)).flatMap(({ instrument, root }) => [instrument, root]),
  )
  const unpriced = wanted.filter((entry) => !priced.has(entry))
  if (unpriced.length > 0)
    return [{ level: 'warn', check, detail: `no mark price for ${unpriced.join(', ')}`, fix: 'look again later' }]
  return [ok(check, `${wanted.length === 0 ? `any of ${listed.size}` : wanted.join(', ')}: listed and priced`)]
}

async function hoursChecks(name: string, account: AccountConfig, broker: Broker, now: number): Promise<Check[]> {
  const [instruments, { positions }] = await Promise.all([broker.listInstruments(), broker.readAccount()])
  const wanted = account.policy.gates.instruments
  return sessionChecks(name, { instruments, wanted, held: positions.map(({ instrument }) => instrument) }, now)
}

/** What this venue guarantees less than others, so that nobody has to find out. */
function guaranteeChecks(name: string, { capabilities }: Broker): Check[] {
  return capabilities.weakerGuarantees.map((detail) => ok(`${name}: weaker guarantee`, detail))
}

async function equityChecks(name: string, broker: Broker): Promise<Check[]> {
  const { equity, positions } = await broker.readAccount()
  return [ok(`${name}: equity`, `${equity} USD, ${positions.length} open positions at the broker`)]
}

/** A check that the venue did not answer is a failure of that check, not of the doctor. */
async function attempted(name: string, check: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await check()
  } catch (error) {
    return [fail(name, (error as Error).message, 'check the network, then run the doctor again')]
  }
}
