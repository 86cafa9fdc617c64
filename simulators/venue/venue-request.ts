/** What a venue's front reads of a request: Node's own has it, and so has one that never crossed a socket. */
import type { IncomingHttpHeaders } from 'node:http'

/** A request; iterating reads its body. */
export interface VenueRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders
  readonly socket: { readonly remoteAddress?: string | undefined }
}
