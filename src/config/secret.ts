/** Secrets: named in the configuration by file or environment variable, read late, and unable to print themselves. */
import { readFileSync, statSync } from 'node:fs'
import { inspect } from 'node:util'

const REDACTED = '[secret]'

/** Where a secret is kept. Safe to print: it is the place, never the value. */
export type SecretRef =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly name: string }

/** A secret value that turns into `[secret]` wherever it is printed; only `reveal` gives it away. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  /** The value itself; call it at the place of use and keep no copy. */
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return REDACTED
  }
  toJSON(): string {
    return REDACTED
  }
  [inspect.custom](): string {
    return REDACTED
  }
}

/** Thrown when a secret cannot be read; names the place, never the value. */
export class SecretUnavailable extends Error {
  override readonly name = 'SecretUnavailable'
}

/** A secret and what is doubtful about how it is kept; `warning` is null when nothing is. */
export interface ReadSecret {
  readonly secret: Secret
  readonly warning: string | null
}

/** Reads a secret; blanks around it are dropped (editors end files with a newline). @throws SecretUnavailable */
export function readSecret(ref: SecretRef, environment: NodeJS.ProcessEnv = process.env): ReadSecret {
  return ref.kind === 'env' ? fromEnvironment(ref.name, environment) : fromFile(ref.path)
}

/** The place of a secret in words. */
export function secretPlace(ref: SecretRef): string {
  return ref.kind === 'env' ? `environment variable ${ref.name}` : `file ${ref.path}`
}

function fromEnvironment(name: string, environment: NodeJS.ProcessEnv): ReadSecret {
  const value = environment[name]?.trim() ?? ''
  if (value === '') {
    throw new SecretUnavailable(
      `Expected a secret in the environment variable ${name}, saw it ${environment[name] === undefined ? 'unset' : 'empty'}.`,
    )
  }
  return { secret: oneLine(value, `environment variable ${name}`), warning: null }
}

function fromFile(path: string): ReadSecret {
  let value: string
  let mode: number
  try {
    value = readFileSync(path, 'utf8').trim()
    mode = statSync(path).mode
  } catch (error) {
    throw new SecretUnavailable(`Expected a secret in the file ${path}, saw: ${(error as Error).message}.`, {
      cause: error,
    })
  }
  if (value === '') throw new SecretUnavailable(`Expected a secret in the file ${path}, saw it empty.`)
  const readableByOthers = process.platform !== 'win32' && (mode & 0o077) !== 0
  const warning = readableByOthers
    ? `The secret file ${path} is accessible to other users (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${path}`
    : null
  return { secret: oneLine(value, `file ${path}`), warning }
}

/** Libraries refuse a header of two lines by quoting it: what no header could carry is refused here, unseen. @throws SecretUnavailable */
function oneLine(value: string, place: string): Secret {
  // eslint-disable-next-line no-control-regex
  if (!/[\u0000-\u001f\u007f]/.test(value)) return new Secret(value)
  throw new SecretUnavailable(
    `Expected one secret on one line in the ${place}, saw ${value.split(/\r?\n/).length} lines or a control character.`,
  )
}
