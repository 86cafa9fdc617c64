/** The files of a new installation, as text: one account, small limits, comments that say what to change. Pure; `init-command.ts` writes them. */
import type { AccountConfig } from '#config/account.ts'

export type Venue = AccountConfig['venue']
export const VENUES = ['hyperliquid', 'bybit', 'projectx'] as const satisfies readonly Venue[]

/** What the person was asked. Null: they fill it in later, the file says where. */
export interface InitChoice {
  readonly venue: Venue
  readonly mode: 'paper' | 'live'
  readonly account: string
  /** Hyperliquid: address that holds the funds. */
  readonly master: string | null
  /** ProjectX: platform user, and exact name of the account. */
  readonly userName: string | null
  readonly accountName: string | null
}

/** A file that a credential belongs into, and where it comes from. */
export interface CredentialFile {
  /** Relative to the configuration. */
  readonly path: string
  readonly what: string
}

/** Name of the account where none is given. */
export function defaultAccount(venue: Venue, mode: InitChoice['mode']): string {
  const live = mode === 'live'
  if (venue === 'hyperliquid') return live ? 'hl-main' : 'hl-testnet'
  if (venue === 'bybit') return live ? 'bybit-main' : 'bybit-demo'
  return 'topstep-1'
}

export function credentialFiles({ venue, account }: InitChoice): readonly CredentialFile[] {
  if (venue === 'hyperliquid') {
    const what =
      "private key of an agent (API wallet) that the address approved on the venue's own page; never the key of the address itself"
    return [{ path: `secrets/${account}-agent`, what }]
  }
  if (venue === 'bybit') {
    return [
      {
        path: `secrets/${account}-key`,
        what: 'API key, for contract trading only and bound to the address of this machine',
      },
      { path: `secrets/${account}-secret`, what: 'secret of that API key' },
    ]
  }
  return [{ path: `secrets/${account}-key`, what: 'API key of the platform user' }]
}

/** Keys that stand in the file as placeholders: nothing works until a person has set them. */
export function leftToSet(choice: InitChoice): readonly string[] {
  if (choice.venue === 'hyperliquid') return choice.master === null ? ['master'] : []
  if (choice.venue === 'bybit') return []
  return [...(choice.userName === null ? ['user_name'] : []), ...(choice.accountName === null ? ['account_name'] : [])]
}

/** Text of truebook.yaml. */
export function configText(choice: InitChoice): string {
  return `# Truebook, made by "truebook init". Every key with its default: docs/configuration.md, truebook.example.yaml.
# Money is text in quotes. Secrets are never written here: *_file names a file (chmod 600), *_env a variable.
# Check it, read-only:  truebook doctor --config truebook.yaml

${modeText(choice.mode)}

# Without a key redis a private Redis is started in data_dir; without a key book the record is one SQLite file there.
data_dir: .truebook

http:
  host: 127.0.0.1                  # beyond this machine only with tls or behind_proxy
  port: 8700
  signal_tokens:                   # who may send signals
    - name: strategies
      token_file: secrets/signal-token
      strategies: ["*"]

# Alerts are always kept in the book, shown in the console and logged. To have them told to people:
# alerts.sinks, see docs/alerts.md.

accounts:
  - id: ${quoted(choice.account)}
${venueText(choice)}
    strategies: ["*"]              # strategies whose signals this account takes
    # Limits for new exposure; exits are never gated. Begin small, raise them when you have seen it work.
    gates:
      instruments: ${choice.venue === 'projectx' ? '[MNQ, MES]          # micros first; NQ and ES when you mean them' : '["BTC-PERP", "ETH-PERP"]'}
      max_positions: 2             # open at once
${limitText(choice)}
      max_daily_loss: "100"        # USD since 00:00 UTC, open PnL included
      max_entries_per_minute: 5
      stop_required: true          # every entry must bring a stop_loss
`
}

function modeText(mode: InitChoice['mode']): string {
  return mode === 'live'
    ? '# LIVE: real money. Go through docs/going-live.md first.\nmode: live'
    : '# paper: no real money. Going live is a checklist, not a switch: docs/going-live.md.\nmode: paper'
}

function venueText(choice: InitChoice): string {
  const { venue, mode } = choice
  const [first, second] = credentialFiles(choice).map(({ path }) => quoted(path))
  if (venue === 'hyperliquid') {
    return `    venue: hyperliquid
    network: ${mode === 'live' ? 'mainnet' : 'testnet'}
    master: ${quoted(choice.master ?? NO_ADDRESS)}   # ${choice.master === null ? 'SET THIS: ' : ''}address that holds the funds (public)
    agent_key_file: ${first}`
  }
  if (venue === 'bybit') {
    return `    venue: bybit
    network: ${mode === 'live' ? 'mainnet' : 'demo                  # paper money on live prices; testnet is another one'}
    api_key_file: ${first}
    api_secret_file: ${second}`
  }
  return `    venue: projectx
    # Orders must leave from your own machine. Where Truebook runs on several: site: desk, and there truebook worker --site desk
    user_name: ${quoted(choice.userName ?? 'you@example.com')}   # ${choice.userName === null ? 'SET THIS: ' : ''}name of the platform user
    account_name: ${quoted(choice.accountName ?? NO_NAME)}   # ${choice.accountName === null ? 'SET THIS: ' : ''}exact; only this one is touched
    api_key_file: ${first}`
}

const NO_ADDRESS = '0x0000000000000000000000000000000000000000'
const NO_NAME = 'SET-THIS'

function limitText({ venue }: InitChoice): string {
  // A micro contract is worth tens of thousands of USD: there the count of contracts is the limit that means something.
  if (venue === 'projectx')
    return `      max_order_notional: null     # notional says little of futures: size the signals in contracts
      max_exposure: null`
  return `      max_order_notional: "100"    # USD per entry
      max_exposure: "0.5"          # open and reserved notional over broker equity`
}

/** A YAML scalar whatever it holds: JSON's strings are YAML's double-quoted ones. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
