/** The shape of a control command: a checked JSON object in, a JSON value out. `Target` is what a venue's commands act on. */
import type { z } from 'zod'

/** A command: `Args` is what a caller passes, `Result` what comes back as JSON. */
export interface ControlCommand<Target, Args, Result> {
  readonly schema: z.ZodType<unknown, Args>
  readonly run: (raw: unknown, target: Target) => Result
}

/** All commands of a venue by name. */
export type ControlCommandsOf<Target> = Readonly<Record<string, Pick<ControlCommand<Target, unknown, unknown>, 'run'>>>

/** Makes the function that defines commands of one target. */
export function commandsOn<Target>(): <Schema extends z.ZodType, Result>(
  schema: Schema,
  run: (args: z.output<Schema>, target: Target) => Result,
) => ControlCommand<Target, z.input<Schema>, Result> {
  return (schema, run) => ({
    schema: schema as never,
    run: (raw, target) => run(schema.parse(raw), target),
  })
}

/** What a venue cannot do as told; the message is for a person. */
export class VenueControlError extends Error {
  override readonly name = 'VenueControlError'
}
