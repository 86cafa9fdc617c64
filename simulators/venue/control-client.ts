/**
 * Typed client of a venue's control endpoint, for tests, the demo and people. Commands, arguments and results are those of
 * the venue's own register; what the venue refuses is thrown as `ControlError`.
 */
import type { z } from 'zod'

/** The venue refused a control command; the message says why. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
}

interface AnyCommand {
  readonly schema: z.ZodType
  readonly run: (...args: never[]) => unknown
}

/** Drives a running venue; `Commands` is the type of its register. */
export class ControlClient<Commands extends Readonly<Record<keyof Commands, AnyCommand>>> {
  readonly #base: string

  /** @param url the venue's address, e.g. `http://127.0.0.1:3001` */
  constructor(url: string) {
    this.#base = `${url.replace(/\/$/, '')}/control/`
  }

  /** Runs a command. @throws ControlError when the venue refuses it */
  async call<Name extends keyof Commands & string>(
    name: Name,
    args: z.input<Commands[Name]['schema']>,
  ): Promise<ReturnType<Commands[Name]['run']>> {
    const response = await fetch(this.#base + name, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    })
    const answer = (await response.json()) as {
      readonly ok?: ReturnType<Commands[Name]['run']>
      readonly error?: string
    }
    if (!response.ok) throw new ControlError(answer.error ?? `HTTP ${response.status}: ${JSON.stringify(answer)}`)
    return answer.ok as ReturnType<Commands[Name]['run']>
  }
}
