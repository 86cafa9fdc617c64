/** The register of control commands: `POST /control/<name>` with a JSON object. See simulators/bybit/README.md. */
import { accountCommands } from './account-commands.ts'
import { clockCommands } from './clock-commands.ts'
import { disturbanceCommands } from './disturbance-commands.ts'
import { faultCommands } from './fault-commands.ts'
import { marketCommands } from './market-commands.ts'
import { oracleCommands } from './oracle-commands.ts'

/** All commands by name. */
export const CONTROL_COMMANDS = {
  ...accountCommands,
  ...marketCommands,
  ...disturbanceCommands,
  ...faultCommands,
  ...clockCommands,
  ...oracleCommands,
} as const
export type ControlCommands = typeof CONTROL_COMMANDS
