/** One HTTP request of a sink: bounded, never redirected, and its address is told to nobody, for it may be the credential. */
import { AlertNotDelivered, type Concealed } from './alerting.ts'

const TIMEOUT_MS = 10_000
/** No more of an answer is read, characters. */
const ANSWER_MAX = 10_000
const QUIET_MAX_S = 3_600

export interface Post {
  /** Named in errors. */
  readonly sink: string
  readonly url: Concealed
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  /** What a refusal says, from the answer's body, if it is safe to show. */
  readonly wordsOf?: (answer: string) => string | null
}

/** Posts JSON. @throws AlertNotDelivered unless the answer is 2xx */
export async function post({ sink, url, headers = {}, body, wordsOf = () => null }: Post): Promise<string> {
  let status: number
  let text: string
  let quietS: number
  try {
    const response = await fetch(url.reveal(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    status = response.status
    quietS = Number(response.headers.get('retry-after') ?? Number.NaN)
    text = await beginningOf(response)
  } catch (error) {
    throw new AlertNotDelivered(`Sink ${sink} did not answer (${causeOf(error)}).`)
  }
  if (status >= 200 && status <= 299) return text
  const words = wordsOf(text)
  const said = words === null ? '' : `: ${words}`
  const quietMs = quietS > 0 && quietS <= QUIET_MAX_S ? quietS * 1000 : null
  throw new AlertNotDelivered(`Sink ${sink}: expected an answer 2xx, saw ${status}${said}.${hintOf(status)}`, {
    quietMs,
  })
}

function hintOf(status: number): string {
  if (status >= 300 && status <= 399) return ' Redirects are not followed: configure the address that it leads to.'
  if (status === 401 || status === 403 || status === 404) return ' Check its secret and its address.'
  return ''
}

async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > ANSWER_MAX) break
  }
  return text
}

/** The system's code where there is one: messages of fetch may quote the address. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { cause } = error
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error.name
}
