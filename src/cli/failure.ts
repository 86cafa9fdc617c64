/** How a command ends when it fails: a stable exit code and one paragraph; a stack only for what is a bug of ours. */

/** Exit codes, stable across versions; shown by `truebook --help`. */
export const EXIT = { done: 0, failed: 1, usage: 2, unavailable: 3, refused: 4, unproven: 5 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** A failure that a command itself explains. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly exitCode: ExitCode
  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** By name, since importing the classes would load the whole programme for `--help`. */
const EXIT_BY_NAME: Readonly<Record<string, ExitCode>> = {
  ConfigError: EXIT.usage,
  SecretUnavailable: EXIT.usage,
  UnusableToken: EXIT.usage,
  UnusableCertificate: EXIT.usage,
  FillFileError: EXIT.usage,
  CommandRefused: EXIT.usage,
  ForeignBookFile: EXIT.usage,
  SiteUnknown: EXIT.usage,
  CredentialsRefused: EXIT.failed,
  RedisUnfit: EXIT.failed,
  RedisNotInstalled: EXIT.failed,
  RedisDidNotStart: EXIT.failed,
  RedisFolderBusy: EXIT.failed,
  ReplayError: EXIT.failed,
  BookUnavailable: EXIT.unavailable,
  BrokerUnavailable: EXIT.unavailable,
  RedisUnavailable: EXIT.unavailable,
  TruebookUnavailable: EXIT.unavailable,
  SignalInvalid: EXIT.refused,
  SignalConflict: EXIT.refused,
  ActionRefused: EXIT.refused,
  NotAuthorized: EXIT.refused,
}

/** The exit code and the text of a failure. */
export function explain(error: unknown): { readonly exitCode: ExitCode; readonly text: string } {
  if (error instanceof CommandFailed) return { exitCode: error.exitCode, text: error.message }
  if (!(error instanceof Error)) return { exitCode: EXIT.failed, text: String(error) }
  const known = EXIT_BY_NAME[error.name]
  if (known !== undefined) return { exitCode: known, text: `${error.message}${causeOf(error)}` }
  const system = systemText(error)
  if (system !== null) return { exitCode: EXIT.failed, text: system }
  return {
    exitCode: EXIT.failed,
    text: `This is a bug in Truebook; please report it.\n${error.stack ?? error.message}`,
  }
}

function causeOf(error: Error): string {
  return error.cause instanceof Error && !error.message.includes(error.cause.message) ? ` (${error.cause.message})` : ''
}

/** What the operating system refused, in words. */
function systemText(error: Error): string | null {
  if (!('code' in error) || typeof error.code !== 'string') return null
  if (error.code === 'EADDRINUSE') {
    return `Expected the address to be free, saw it in use: ${error.message}. Stop the other process, or choose another http.port.`
  }
  return /^E[A-Z]+$/.test(error.code) && 'syscall' in error ? `The system refused: ${error.message}` : null
}
