/** A configuration whose section `http` is what a test asks about. */
import type { Config } from '#config/config.ts'
import { parseConfig } from '#config/load-config.ts'

/** @throws ConfigError */
export function configOf(http: object): Config {
  const accounts = [
    {
      id: 'hl',
      venue: 'hyperliquid',
      network: 'testnet',
      master: '0x00000000000000000000000000000000000000aa',
      agent_key_file: 'keys/agent',
      strategies: ['*'],
      gates: { instruments: ['*'] },
    },
  ]
  return parseConfig(JSON.stringify({ http, accounts }), '/etc/truebook/truebook.yaml')
}
