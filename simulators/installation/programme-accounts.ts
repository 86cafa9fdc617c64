/** Accounts at the simulated prop venues, set up over their control endpoints, and their entries of the configuration file. */
import { controlBybit } from '#simulators/bybit/control/client.ts'
import { controlProjectX } from '#simulators/projectx/control/client.ts'
import { derive } from './secrets.ts'

/** An account to set up. */
export interface ProgrammeAccount {
  /** Our name of it. */
  readonly id: string
  readonly venue: 'bybit' | 'projectx'
  readonly url: string
  /** USD at the start. */
  readonly balance?: string
  /** Name at ProjectX, which says what kind of account it is. */
  readonly accountName?: string
  /** Overrides of its entry in the configuration file. */
  readonly entry?: Readonly<Record<string, unknown>>
}

type SecretFile = (name: string, value: string) => string

/** Sets it up; answers the venue's name of it and its entry of the configuration file. */
export async function setUpProgrammeAccount(
  account: ProgrammeAccount,
  seed: string,
  secret: SecretFile,
): Promise<{ readonly venueAccount: string; readonly entry: object }> {
  return account.venue === 'bybit'
    ? await setUpBybit(account, seed, secret)
    : await setUpProjectX(account, seed, secret)
}

async function setUpBybit({ id, url, balance = '100000', entry }: ProgrammeAccount, seed: string, secret: SecretFile) {
  const apiKey = derive(seed, `bybit key ${id}`).slice(0, 18)
  const apiSecret = derive(seed, `bybit secret ${id}`).slice(0, 36)
  const control = controlBybit(url)
  await control.call('createAccount', { account: id, apiKey, apiSecret })
  await control.call('deposit', { account: id, amount: balance })
  const stream = url.replace('http', 'ws')
  return {
    venueAccount: id,
    entry: {
      id,
      venue: 'bybit',
      network: 'demo',
      base_url: url,
      ws_url: `${stream}/v5/private`,
      api_key_file: secret(`${id}-key`, apiKey),
      api_secret_file: secret(`${id}-secret`, apiSecret),
      ...entry,
    },
  }
}

async function setUpProjectX(account: ProgrammeAccount, seed: string, secret: SecretFile) {
  const { id, url, balance = '50000', accountName = `50KTC-V2-000001-${id}`, entry } = account
  const userName = 'truebook'
  // One key a user there: it reaches every account of theirs.
  const apiKey = derive(seed, `projectx key of ${userName}`)
  await controlProjectX(url).call('createAccount', { name: accountName, userName, apiKey, balance })
  return {
    venueAccount: accountName,
    entry: {
      id,
      venue: 'projectx',
      base_url: url,
      rtc_url: url,
      user_name: userName,
      account_name: accountName,
      requests_per_minute: 1_000_000,
      api_key_file: secret(`${id}-key`, apiKey),
      ...entry,
    },
  }
}
