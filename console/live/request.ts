/** Calls the server's JSON interface. A refusal keeps the server's own words, which say what was expected and what to do. */
import { BACKGROUND, csrf } from './session.ts'

export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly answer: unknown
  constructor(status: number, message: string, answer: unknown) {
    super(message)
    this.status = status
    this.answer = answer
  }
}

/** @throws Refused; TypeError when the server is not reached */
export async function getJson<T>(path: string): Promise<T> {
  return (await answered(await fetch(path, { headers: BACKGROUND }))) as T
}

/** @throws Refused; TypeError when the server is not reached */
export async function postJson<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-truebook-csrf': csrf() }
  return (await answered(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }))) as T
}

async function answered(response: Response): Promise<unknown> {
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer
  const said = (answer as { error?: { message?: string } } | null)?.error?.message
  throw new Refused(response.status, said ?? `The server answered HTTP ${response.status}.`, answer)
}

/** The words of a failure, for people. */
export function wordsOf(error: unknown): string {
  if (error instanceof Refused) return error.message
  return 'The server was not reached. Is it running, and is the line up? Try again.'
}
