/** `truebook init`: a configuration that is valid as it stands, empty files for the credentials, and what to do next. It overwrites nothing. */
import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseConfig } from '#config/load-config.ts'
import { CommandFailed, EXIT } from './failure.ts'
import {
  configText,
  credentialFiles,
  defaultAccount,
  type InitChoice,
  leftToSet,
  VENUES,
  type Venue,
} from './init-template.ts'
import { say, sayJson } from './print.ts'
import { openPrompt } from './prompt.ts'

export interface InitOptions {
  readonly venue?: Venue
  readonly mode: 'paper' | 'live'
  readonly account?: string
  readonly master?: string
  readonly userName?: string
  readonly accountName?: string
  readonly yes?: boolean
  readonly json?: boolean
}

interface Made {
  readonly config: string
  readonly made: readonly string[]
  /** Were there before; left as they are. */
  readonly kept: readonly string[]
  readonly next: readonly NextStep[]
}

interface NextStep {
  readonly what: string
  /** Null where it is done in an editor or on the venue's page. */
  readonly command: string | null
}

/** @throws CommandFailed where a configuration stands already or nobody can be asked, ConfigError for an unusable choice */
export async function init(folder: string, options: InitOptions): Promise<void> {
  const choice = await choose(options)
  const file = resolve(folder, 'truebook.yaml')
  const text = configText(choice)
  // What this command writes is as valid as what it will be read by.
  parseConfig(text, file)
  const made = write(file, text, choice)
  if (options.json) sayJson(made)
  else show(made)
}

/** The configuration comes last: where something before it fails, the same command can be given again. @throws CommandFailed */
function write(file: string, text: string, choice: InitChoice): Made {
  const folder = dirname(file)
  const secrets = join(folder, 'secrets')
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) throw alreadyThere(file)
  mkdirSync(secrets, { recursive: true, mode: 0o700 })
  const isOpen = (statSync(secrets).mode & 0o077) !== 0
  const made: string[] = []
  const kept: string[] = []
  const files = [
    // What is in the folder of secrets goes into no repository.
    { path: 'secrets/.gitignore', content: '*\n' },
    { path: 'secrets/signal-token', content: `${randomBytes(32).toString('hex')}\n` },
    ...credentialFiles(choice).map(({ path }) => ({ path, content: '' })),
  ]
  for (const { path, content } of files) {
    const full = join(folder, path)
    if (writeNew(full, content, 0o600)) made.push(full)
    else kept.push(full)
  }
  if (!writeNew(file, text, 0o644)) throw alreadyThere(file)
  return {
    config: file,
    made: [file, ...made],
    kept,
    next: [...(isOpen ? [closing(secrets)] : []), ...nextSteps(file, choice)],
  }
}

function alreadyThere(file: string): CommandFailed {
  const seen = `Expected no configuration at ${file}, saw one: it was not touched. Name another folder: truebook init FOLDER.`
  return new CommandFailed(seen, EXIT.refused)
}

/** The folder was there before: what others may put into it is theirs to know. */
function closing(secrets: string): NextStep {
  return {
    what: `Other users of this machine may look into ${secrets}. Close it, and replace the secrets that were there:`,
    command: `chmod 700 ${shellWord(secrets)}`,
  }
}

/** False when it was there. */
function writeNew(file: string, content: string, mode: number): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx', mode })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function nextSteps(file: string, choice: InitChoice): NextStep[] {
  const shown = relative(process.cwd(), file)
  const config = shown.startsWith('..') ? file : shown
  const self = process.env['npm_lifecycle_event'] === 'truebook' ? 'npm run truebook --' : 'truebook'
  const command = (words: string): string => `${self} ${words} --config ${shellWord(config)}`
  const unset = leftToSet(choice)
  return [
    ...credentialFiles(choice).map(({ path, what }) => ({
      what: `Put into ${join(dirname(config), path)}: the ${what}. One line, nothing else.`,
      command: null,
    })),
    ...(unset.length === 0 ? [] : [{ what: `Set ${unset.join(' and ')} in ${config}.`, command: null }]),
    { what: 'Check everything, read-only; it says how to fix what is wrong:', command: command('doctor') },
    { what: 'See what the broker holds beside an empty book:', command: command('sweep --dry-run') },
    { what: 'Run everything in one process:', command: command('start') },
    { what: 'In another terminal, an address to open the console with:', command: command('login') },
    { what: 'Before real money: docs/going-live.md.', command: null },
  ]
}

function show({ made, kept, next }: Made): void {
  for (const file of made) say(`made  ${file}`)
  for (const file of kept) say(`kept  ${file}: it was there`)
  say('\nNext:')
  for (const [index, { what, command }] of next.entries()) {
    say(`${index + 1}. ${what}`)
    if (command !== null) say(`     ${command}`)
  }
}

/** From flags, then from the person at the terminal, then the defaults. @throws CommandFailed */
async function choose(options: InitOptions): Promise<InitChoice> {
  const canAsk = !options.yes && process.stdin.isTTY
  if (!canAsk) {
    if (options.venue === undefined) {
      throw new CommandFailed(
        `Expected --venue (${VENUES.join(', ')}) or a terminal to ask on, saw neither.`,
        EXIT.usage,
      )
    }
    return completed(options.venue, options)
  }
  using prompt = openPrompt()
  const ask: Ask = async (question, fallback) => {
    const answer = await prompt.ask(`${question}${fallback === undefined ? '' : ` [${fallback}]`}: `)
    return answer === '' ? fallback : answer
  }
  const venue = options.venue ?? venueOf(await ask(`Venue (${VENUES.join(', ')})`, 'hyperliquid'))
  const account = options.account ?? (await ask('Name of the account, for good', defaultAccount(venue, options.mode)))
  const asked = { ...options, ...(account !== undefined && { account }) }
  return completed(venue, { ...asked, ...(await detailsOf(venue, options, ask)) })
}

type Ask = (question: string, fallback: string | undefined) => Promise<string | undefined>
type Details = Pick<InitOptions, 'master' | 'userName' | 'accountName'>

async function detailsOf(venue: Venue, options: InitOptions, ask: Ask): Promise<Details> {
  const answered = async (key: keyof Details, question: string): Promise<Details> => {
    const answer = options[key] ?? (await ask(`${question} (empty: later)`, undefined))
    return answer === undefined ? {} : { [key]: answer }
  }
  if (venue === 'hyperliquid') return await answered('master', 'Address that holds the funds, 0x...')
  if (venue === 'bybit') return {}
  const user = await answered('userName', 'Name of the platform user')
  return { ...user, ...(await answered('accountName', 'Exact name of the account, e.g. 50KTC-V2-...')) }
}

function venueOf(text: string | undefined): Venue {
  const found = VENUES.find((venue) => venue === text)
  if (found !== undefined) return found
  throw new CommandFailed(`Expected one of ${VENUES.join(', ')}, saw "${text ?? ''}".`, EXIT.usage)
}

function completed(venue: Venue, options: InitOptions): InitChoice {
  return {
    venue,
    mode: options.mode,
    account: options.account ?? defaultAccount(venue, options.mode),
    master: options.master ?? null,
    userName: options.userName ?? null,
    accountName: options.accountName ?? null,
  }
}

/** As a shell takes it; most paths are such words already. */
function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
