/** What a handler says, before it is put into an HTTP reply or a websocket post answer. */
import type { Reply } from '#simulators/venue/reply.ts'

/** A JSON body, or a refusal in HTTP terms. `rowWeight` is what the answer's rows cost beyond the request. */
export type Answer = { readonly body: unknown; readonly rowWeight?: number } | { readonly refused: Reply }

/** A refusal. */
export function refusedWith(reply: Reply): Answer {
  return { refused: reply }
}
