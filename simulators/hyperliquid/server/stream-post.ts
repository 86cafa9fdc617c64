/** Websocket posts: info requests and signed actions over the stream, under the same faults as over HTTP. */
import { z } from 'zod'
import type { Answer } from './answer.ts'
import { type ConnectionOutcome, underFault } from '#simulators/venue/connection-outcome.ts'
import { RATE_LIMITED } from './reply.ts'
import { answerExchange } from './exchange.ts'
import { answerInfo, type InfoDesk } from './info.ts'
import { jsonReply, type Reply } from '#simulators/venue/reply.ts'
import { exchangeSubject, infoSubject } from './request-subject.ts'

const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
}

/** A post request as it comes over the socket. */
export const postRequest = z.object({
  id: z.int(),
  request: z.object({ type: z.enum(['info', 'action']), payload: z.unknown() }),
})
export type PostRequest = z.output<typeof postRequest>

/** What to do with a post: a text to send, the connection to cut, or nothing ever. */
export type PostOutcome = { readonly text: string } | 'drop' | 'hang'

/** Carries out a post. */
export async function carryOutPost(post: PostRequest, desk: InfoDesk, stopped: AbortSignal): Promise<PostOutcome> {
  const { type, payload } = post.request
  const subject = type === 'info' ? infoSubject(payload, '/ws') : exchangeSubject(payload, '/ws', desk)
  const act = () => (type === 'info' ? answerInfo(payload, '/ws', desk) : answerExchange(payload, desk))
  const outcome = await underFault(desk.faults.ofRequest(subject), () => asReply(act()), {
    rateLimited: RATE_LIMITED,
    stopped,
  })
  return rendered(post, outcome)
}

function asReply(answer: Answer): Reply {
  return 'refused' in answer ? answer.refused : jsonReply(answer.body)
}

function rendered(post: PostRequest, outcome: ConnectionOutcome): PostOutcome {
  if (outcome === 'drop' || outcome === 'hang') return outcome
  const { status, contentType, body } = outcome.reply
  if (status !== 200) {
    const payload = `${status} ${STATUS_TEXT[status] ?? 'Error'}: ${body}`
    return { text: envelope(post.id, { type: 'error', payload }) }
  }
  // A garbage body travels as it is: a frame that is no JSON.
  if (!contentType.startsWith('application/json')) return { text: body }
  const data: unknown = JSON.parse(body)
  if (post.request.type === 'action') return { text: envelope(post.id, { type: 'action', payload: data }) }
  const infoType = (post.request.payload as { readonly type: string }).type
  return { text: envelope(post.id, { type: 'info', payload: { type: infoType, data } }) }
}

function envelope(id: number, response: object): string {
  return JSON.stringify({ channel: 'post', data: { id, response } })
}
