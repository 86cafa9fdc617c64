/** Typed client of this venue's control endpoint. */
import { ControlClient } from '#simulators/venue/control-client.ts'
import type { ControlCommands } from './control-commands.ts'

export type HyperliquidControl = ControlClient<ControlCommands>

/** @param url the venue's address, e.g. `http://127.0.0.1:3001` */
export function controlHyperliquid(url: string): HyperliquidControl {
  return new ControlClient<ControlCommands>(url)
}
