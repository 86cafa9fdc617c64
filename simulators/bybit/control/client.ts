/** Typed client of this venue's control endpoint. */
import { ControlClient } from '#simulators/venue/control-client.ts'
import type { ControlCommands } from './control-commands.ts'

export type BybitControl = ControlClient<ControlCommands>

/** @param url the venue's address, e.g. `http://127.0.0.1:3002` */
export function controlBybit(url: string): BybitControl {
  return new ControlClient<ControlCommands>(url)
}
