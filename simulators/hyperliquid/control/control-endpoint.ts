/** Runs control commands that come over HTTP, and says in one sentence what was wrong with those it cannot run. */
import { z } from 'zod'
import { VenueControlError } from '#simulators/hyperliquid/engine/operator-controls.ts'
import { jsonReply, type Reply } from '#simulators/hyperliquid/server/reply.ts'
import { CONTROL_COMMANDS, type ControlCommandName } from './control-commands.ts'
import type { ControlTarget } from './control-command.ts'

/** Answers one control request: `{"ok":…}` or, with status 400, `{"error":"…"}`. */
export function answerControl(name: string, args: unknown, target: ControlTarget): Reply {
  if (!Object.hasOwn(CONTROL_COMMANDS, name)) {
    return jsonReply({ error: `Unknown command "${name}". Known: ${Object.keys(CONTROL_COMMANDS).join(', ')}.` }, 404)
  }
  try {
    return jsonReply({ ok: CONTROL_COMMANDS[name as ControlCommandName].run(args, target) })
  } catch (error) {
    if (error instanceof z.ZodError) return jsonReply({ error: `${name}: ${z.prettifyError(error)}` }, 400)
    if (error instanceof VenueControlError || error instanceof RangeError) {
      return jsonReply({ error: `${name}: ${error.message}` }, 400)
    }
    throw error
  }
}
