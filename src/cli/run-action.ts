/** Runs one action from the command line: shows what it would do, asks, confirms exactly that, and asks again if the world has changed. */
import { type Asked, act, confirmAction, previewAction } from '#client/actions.ts'
import type { ActionDone, ActionPreview } from '#http/wire.ts'
import { CommandFailed, EXIT } from './failure.ts'
import { openOperatorClient, type OperatorChoice } from './operator-client.ts'
import { colored, say, sayJson, table, tell } from './print.ts'
import { openPrompt } from './prompt.ts'
import type { Output } from './watch-commands.ts'

export interface ActingChoice extends OperatorChoice, Output {
  readonly why?: string
  /** Confirm without asking. */
  readonly yes?: boolean
  /** Only show what it would do. */
  readonly preview?: boolean
}

/** Asks a person and answers what was typed. */
export type Question = (text: string) => Promise<string>

type WithoutSaid<A> = A extends Asked ? Omit<A, 'why' | 'confirm'> : never

/** @throws CommandFailed when not confirmed; ActionRefused, NotAuthorized, TruebookUnavailable as the server says */
export async function runAction(
  action: WithoutSaid<Asked>,
  options: ActingChoice,
  question: Question | null = process.stdin.isTTY ? askTerminal : null,
): Promise<void> {
  const client = openOperatorClient(options)
  const asked = { ...action, ...(options.why !== undefined && { why: options.why }) } as Asked
  if (options.preview) {
    const shown = await previewAction(client, asked)
    if (options.json) sayJson(shown)
    else say(previewText(shown))
    return
  }
  if (options.yes) {
    if (!options.json) say(previewText(await previewAction(client, asked)))
    return told(await act(client, asked), options)
  }
  if (question === null) {
    throw new CommandFailed(
      `Expected a terminal to ask on, or --yes, saw neither: nothing was done. --preview shows what ${action.verb} would do.`,
      EXIT.usage,
    )
  }
  let shown = await previewAction(client, asked)
  for (;;) {
    await askFor(shown, question)
    const answer = await confirmAction(client, asked, shown)
    if ('done' in answer) return told(answer, options)
    tell(answer.error.message)
    shown = answer
  }
}

function told(done: ActionDone, options: Output): void {
  if (options.json) return sayJson(done)
  say(done.detail)
  for (const { subject, seq } of done.records) say(`Recorded: ${subject}, record ${seq}`)
  for (const key of done.keys) say(`Asked for: ${key}`)
}

/** @throws CommandFailed unless the answer is yes */
async function askFor(shown: ActionPreview, question: Question): Promise<void> {
  tell(previewText(shown))
  const answer = await question(`${shown.preview.verb}: do it? [y/N] `)
  if (/^y(es)?$/i.test(answer.trim())) return
  throw new CommandFailed('Not confirmed: nothing was done.', EXIT.refused)
}

async function askTerminal(text: string): Promise<string> {
  using prompt = openPrompt()
  return await prompt.ask(text)
}

/** The blast radius as people read it. */
export function previewText({ preview: { verb, target, radius }, role }: ActionPreview): string {
  const words = Object.entries(target).map(([name, value]) => `${name} ${targetText(value)}`)
  const facts = [
    radius.accounts.length > 0 ? `accounts ${radius.accounts.join(', ')}` : 'no account',
    ...(radius.strategies.length > 0 ? [`strategies ${radius.strategies.join(', ')}`] : []),
    `positions ${radius.positions.length}${radius.notional_usd === null ? '' : ` (${radius.notional_usd} USD at entry)`}`,
    `orders ${radius.orders}`,
  ]
  const rows = radius.positions.map((row) => [
    row.account,
    row.instrument,
    row.side,
    row.size,
    row.notional_usd,
    row.position_id,
  ])
  return [
    `${verb} ${words.join(', ')} (needs the role ${role})`,
    `Touches: ${facts.join(' · ')}`,
    ...(rows.length > 0 ? [table(['account', 'instrument', 'side', 'size', 'USD', 'position'], rows)] : []),
    ...radius.lines.map((line) => `  ${line}`),
    ...(radius.against.length > 0 ? [colored('Against it stands:', 'yellow')] : []),
    ...radius.against.map((line) => `  ${line}`),
  ].join('\n')
}

function targetText(value: unknown): string {
  if (typeof value === 'string') return value === '*' ? 'all' : value
  if (value !== null && typeof value === 'object' && 'kind' in value) {
    const { kind, ...rest } = value
    return [String(kind), ...Object.values(rest).map(String)].join(' ')
  }
  return String(value)
}
