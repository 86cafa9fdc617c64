/** `npm run demo`: the main job on embedded defaults, told as it happens. Exit code 0 when book and broker agree. */
import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import { type DemoDesk, openDemoDesk } from './desk.ts'
import { narrator } from './narrator.ts'
import { reckon, tableOf } from './reckoning.ts'
import { Story } from './story.ts'

const USAGE = `Usage: npm run demo -- [options]
  --seed N   seed of keys, ids and prices (default 1): the same seed plays the same market
  --json     print only the result, as JSON
  --keep     leave everything running at the end, to look around; Ctrl-C ends it`

const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** In the middle of the story: what was started goes down with the process. */
function endAtOnce(signal: NodeJS.Signals): void {
  process.exit(128 + constants.signals[signal])
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const seed = Number(values.seed)
  if (values.help || !Number.isSafeInteger(seed) || seed < 0) {
    if (!values.help) process.stderr.write(`Expected --seed to be a whole number, saw "${values.seed}".\n`)
    process.stdout.write(`${USAGE}\n`)
    return values.help ? 0 : 2
  }
  for (const name of ENDINGS) process.on(name, endAtOnce)
  const tell = narrator(values.json)
  await using desk = await openDemoDesk(seed, tell)
  tell.say(`watch it in the console, logged in once: ${await desk.loginLink()}`)
  const story = new Story(desk, tell, seed)
  await story.run()
  const reckoning = await reckon(desk, story.legs, story.recoveryMs)
  process.stdout.write(values.json ? `${JSON.stringify({ seed, ...reckoning }, null, 2)}\n` : tableOf(reckoning))
  if (!reckoning.clean) process.stderr.write('The book and the brokers do not agree as they must; see above.\n')
  if (values.keep) await lookAround(desk)
  return reckoning.clean ? 0 : 1
}

/** What a newcomer may try next, ready to be pasted. */
async function lookAround(desk: DemoDesk): Promise<void> {
  const { apiUrl, venueUrl, installation } = desk
  const trade = { user: installation.accounts[0]?.master, coin: 'SOL', side: 'B', sz: '5' }
  process.stdout.write(`
Still running; Ctrl-C ends it.

The console, logged in once:
  ${await desk.loginLink()}
The command line:
  npm run truebook -- status --config ${installation.configFile} --url ${apiUrl}
Trade by hand at the simulated venue, as a stranger to Truebook, and watch the drift appear within seconds:
  curl -s -X POST ${venueUrl}/control/tradeByHand -H 'content-type: application/json' -d '${JSON.stringify(trade)}'
Close it by hand there, and watch it heal:
  curl -s -X POST ${venueUrl}/control/closeByHand -H 'content-type: application/json' -d '${JSON.stringify({ user: trade.user, coin: trade.coin })}'
`)
  await new Promise<void>((resolve) => {
    for (const name of ENDINGS) process.off(name, endAtOnce).once(name, () => resolve())
  })
}

process.exitCode = await main()
