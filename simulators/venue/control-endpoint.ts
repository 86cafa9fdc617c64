/** Runs control commands that come over HTTP, and says in one sentence what was wrong with those it cannot run. */
import { z } from 'zod'
import { type ControlCommandsOf, VenueControlError } from './control-command.ts'
import { jsonReply, type Reply } from './reply.ts'

/** Answers a control command: path after `/control/`, JSON arguments. */
export type ControlHandler = (command: string, args: unknown) => Reply

/** Answers one control request: `{"ok":…}` or, with status 400, `{"error":"…"}`. */
export function answerControl<Target>(
  commands: ControlCommandsOf<Target>,
  name: string,
  args: unknown,
  target: Target,
): Reply {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    return jsonReply({ error: `Unknown command "${name}". Known: ${Object.keys(commands).join(', ')}.` }, 404)
  }
  try {
    return jsonReply({ ok: command.run(args, target) })
  } catch (error) {
    if (error instanceof z.ZodError) return jsonReply({ error: `${name}: ${z.prettifyError(error)}` }, 400)
    if (error instanceof VenueControlError || error instanceof RangeError) {
      return jsonReply({ error: `${name}: ${error.message}` }, 400)
    }
    throw error
  }
}
