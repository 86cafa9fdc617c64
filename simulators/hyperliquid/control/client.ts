/**
 * Typed client of a venue's control endpoint, for tests, the demo and people. Commands, arguments and results are those
 * of control-commands.ts; what the venue refuses is thrown as `ControlError`.
 */
import type { z } from 'zod'
import type { ControlCommandName, ControlCommands } from './control-commands.ts'

/** The venue refused a control command; the message says why. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
}

type Args<Name extends ControlCommandName> = z.input<ControlCommands[Name]['schema']>
type Result<Name extends ControlCommandName> = ReturnType<ControlCommands[Name]['run']>

/** Drives a running venue. */
export class ControlClient {
  readonly #base: string

  /** @param url the venue's address, e.g. `http://127.0.0.1:3001` */
  constructor(url: string) {
    this.#base = `${url.replace(/\/$/, '')}/control/`
  }

  /** Runs a command. @throws ControlError when the venue refuses it */
  async call<Name extends ControlCommandName>(name: Name, args: Args<Name>): Promise<Result<Name>> {
    const response = await fetch(this.#base + name, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    })
    const answer = (await response.json()) as { readonly ok?: Result<Name>; readonly error?: string }
    if (!response.ok) throw new ControlError(answer.error ?? `HTTP ${response.status}: ${JSON.stringify(answer)}`)
    return answer.ok as Result<Name>
  }
}
