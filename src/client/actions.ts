/**
 * Operator actions from a programme: preview, then confirm what was shown. Both may be repeated after a lost answer: a preview does
 * nothing, and one confirmation acts once.
 */
import type { ActionInput } from '#domain/operator/action.ts'
import type { ActionChanged, ActionDone, ActionPreview } from '#http/wire.ts'
import { type ClientOptions, persistentCall } from './client.ts'
import { errorOfAction, TruebookUnavailable } from './client-errors.ts'

const PATH = '/v1/actions'
/** The world of a busy installation changes between preview and confirmation; so often a programme looks again. */
const ROUNDS = 20

/** What carries an action to a Truebook. */
export interface ActionClient {
  /** @throws when nobody answers */
  send(path: string, body: object): Promise<{ readonly status: number; readonly body: unknown }>
}

/** An action with its reason, as `POST /v1/actions` takes it. */
export type Asked = Readonly<ActionInput>

/** An `ActionClient` for an address and the token of an operator. @throws TypeError when the address is none */
export function createActionClient(options: ClientOptions): ActionClient {
  const call = persistentCall(options)
  return { send: (path, body) => call('POST', path, JSON.stringify(body)) }
}

/** What the action would do now; does nothing. @throws ActionRefused, NotAuthorized, TruebookUnavailable */
export async function previewAction(client: ActionClient, action: Asked): Promise<ActionPreview> {
  const { status, body } = await client.send(PATH, { ...action, confirm: undefined })
  if (status === 200 && isPreview(body)) return body
  throw status === 200 ? notTruebook(status) : errorOfAction(status, body)
}

/** Confirms what was shown; answers a new preview when the world is another one by now. @throws as `previewAction` */
export async function confirmAction(
  client: ActionClient,
  action: Asked,
  { confirm }: Pick<ActionPreview, 'confirm'>,
): Promise<ActionDone | ActionChanged> {
  const { status, body } = await client.send(PATH, { ...action, confirm })
  if ((status === 200 || status === 202) && isDone(body)) return body
  if (status === 409 && isPreview(body)) return body as ActionChanged
  throw status < 300 ? notTruebook(status) : errorOfAction(status, body)
}

/** Previews and confirms in one go: for programmes that have decided. @throws as `previewAction` */
export async function act(client: ActionClient, action: Asked): Promise<ActionDone> {
  let shown: ActionPreview = await previewAction(client, action)
  for (let round = 1; round <= ROUNDS; round += 1) {
    const answer = await confirmAction(client, action, shown)
    if ('done' in answer) return answer
    shown = answer
  }
  throw new TruebookUnavailable(
    `Expected the world to be as shown when ${action.verb} is confirmed, saw it changed ${ROUNDS} times: nothing was done.`,
    409,
  )
}

function isPreview(body: unknown): body is ActionPreview {
  const answer = body as Partial<ActionPreview> | null
  return typeof answer?.confirm === 'string' && typeof answer.preview === 'object'
}

function isDone(body: unknown): body is ActionDone {
  return (body as Partial<ActionDone> | null)?.done === true
}

function notTruebook(status: number): TruebookUnavailable {
  const seen = `status ${status} with another body`
  return new TruebookUnavailable(
    `Expected the answer of Truebook to an action, saw ${seen}. Is this its address?`,
    status,
  )
}
