/** What every stream has in common, and the requests that clients send to the public and private ones. */
import { z } from 'zod'
import type { VenueEventBatch } from '#simulators/bybit/engine/event.ts'
import type { VenueConnection } from '#simulators/venue/venue-connections.ts'

/** One connection as the front sees it. */
export type StreamSession = VenueConnection<VenueEventBatch, string>

const subscriptionRequest = z.object({
  req_id: z.string().optional(),
  op: z.string(),
  args: z.array(z.unknown()).optional(),
})
export type SubscriptionRequest = z.output<typeof subscriptionRequest>

/** Reads a request; undefined when it is none. */
export function readSubscriptionRequest(json: unknown): SubscriptionRequest | undefined {
  return subscriptionRequest.safeParse(json).data
}

/** The topics of a request. */
export function topicsOf({ args = [] }: SubscriptionRequest): readonly string[] {
  return args.filter((topic) => typeof topic === 'string')
}
