/** Typed client of this venue's control endpoint. */
import { ControlClient } from '#simulators/venue/control-client.ts'
import type { ControlCommands } from './control-commands.ts'

export type ProjectXControl = ControlClient<ControlCommands>

/** @param url the venue's address, e.g. `http://127.0.0.1:3003` */
export function controlProjectX(url: string): ProjectXControl {
  return new ControlClient<ControlCommands>(url)
}
