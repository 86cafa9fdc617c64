/** A venue of canned answers: for words and forms that no well-behaved simulator says. */
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Broker } from '#brokers/broker.ts'
import { openHyperliquidBroker } from '#brokers/hyperliquid/hyperliquid-broker.ts'
import { Secret } from '#config/secret.ts'
import { AGENT_KEY, MASTER } from './simulated-account.ts'

/** An `/info` question as received. */
export type Question = Readonly<Record<string, unknown>> & { readonly type: string }

/** Answers of a canned venue by `/info` type; a function sees the question. */
export type Answers = Readonly<Record<string, unknown>>

const UNIVERSE = {
  universe: [
    { name: 'BTC', szDecimals: 5, maxLeverage: 40 },
    { name: 'ETH', szDecimals: 4, maxLeverage: 25 },
    { name: 'OLD', szDecimals: 0, maxLeverage: 3, isDelisted: true },
  ],
}

/** Serves the answers and opens a broker on them; `asked` collects the questions. */
export async function openScriptedVenue(
  t: TestContext,
  answers: Answers,
): Promise<{ readonly broker: Broker; readonly asked: readonly Question[] }> {
  const asked: Question[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const question = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Question
      asked.push(question)
      const canned = { meta: UNIVERSE, userAbstraction: 'default', ...answers }[question.type] as unknown
      const answer = typeof canned === 'function' ? (canned as (asked: Question) => unknown)(question) : canned
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer ?? null))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const broker = await openHyperliquidBroker({
    account: 'hl-test',
    master: MASTER,
    agentKey: new Secret(AGENT_KEY),
    network: 'testnet',
    baseUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}/ws`,
    clock: () => 2_000_000,
  })
  t.after(() => broker.close())
  return { broker, asked }
}
