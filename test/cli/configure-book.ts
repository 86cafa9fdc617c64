/** For commands that read a book by themselves: a configuration that names one, and an account. */
import { writeFileSync } from 'node:fs'

export function configureBook(config: string, file: string): void {
  writeFileSync(
    config,
    `book: {type: embedded, file: ${file}}
accounts:
  - {id: account, venue: hyperliquid, network: testnet, master: 0x00000000000000000000000000000000000000aa, agent_key_env: KEY, strategies: ["*"], gates: {instruments: ["*"]}}
`,
  )
}
