/** One websocket connection: its subscriptions, posts, pings and idle end (reference section 5). */
import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { VenueEventBatch } from '#simulators/hyperliquid/engine/event.ts'
import { changesState, eventMessages } from '#simulators/hyperliquid/wire/stream/event-message.ts'
import { errorText, messageText, type StreamMessage } from '#simulators/hyperliquid/wire/stream/message.ts'
import { snapshotMessage } from '#simulators/hyperliquid/wire/stream/snapshot-message.ts'
import { stateMessage } from '#simulators/hyperliquid/wire/stream/state-message.ts'
import { channelOf, parseSubscription, type Subscription } from '#simulators/hyperliquid/wire/stream/subscription.ts'
import { FaultDelivery } from '#simulators/venue/fault-delivery.ts'
import { jsonOf } from '#simulators/venue/request-body.ts'
import type { InfoDesk } from './info.ts'
import type { StreamLimits } from './stream-limits.ts'
import { carryOutPost, postRequest } from './stream-post.ts'

/** Timing of a stream, ms. */
export interface StreamTiming {
  /** A connection to which nothing was sent for this long is closed (60,000). */
  readonly idleMs: number
  /** Least time between two state messages of one subscription (500). */
  readonly stateIntervalMs: number
}

/** What sessions share. */
export interface StreamShared {
  readonly desk: InfoDesk
  readonly limits: StreamLimits
  readonly timing: StreamTiming
  readonly stopped: AbortSignal
}

interface Watched {
  readonly subscription: Subscription
  lastSent: number
  timer: NodeJS.Timeout | undefined
}

const request = z.discriminatedUnion('method', [
  z.object({ method: z.literal('ping') }),
  z.object({ method: z.literal('subscribe'), subscription: z.unknown() }),
  z.object({ method: z.literal('unsubscribe'), subscription: z.unknown() }),
  postRequest.extend({ method: z.literal('post') }),
])

/** One client connection. */
export class StreamSession {
  readonly #socket: WebSocket
  readonly #client: string
  readonly #shared: StreamShared
  readonly #watched = new Map<string, Watched>()
  readonly #delivery: FaultDelivery
  readonly #idle: NodeJS.Timeout
  #pendingPosts = 0

  constructor(socket: WebSocket, client: string, shared: StreamShared) {
    this.#socket = socket
    this.#client = client
    this.#shared = shared
    this.#delivery = new FaultDelivery(
      (text) => this.#send(text),
      () => this.drop(),
    )
    this.#idle = setTimeout(() => socket.close(1000, 'Inactive'), shared.timing.idleMs)
  }

  /** Whether the connection watches an account. */
  watches(user: string): boolean {
    return [...this.#watched.values()].some(({ subscription }) => subscription.user === user)
  }

  /** Cuts the connection. */
  drop(): void {
    this.#socket.terminate()
  }

  /** Frees everything the connection held; called once it is closed. */
  closed(): void {
    clearTimeout(this.#idle)
    this.#delivery.clear()
    for (const { subscription, timer } of this.#watched.values()) {
      clearTimeout(timer)
      this.#shared.limits.unsubscribe(this.#client, subscription.user)
    }
    this.#watched.clear()
    this.#releasePosts(this.#pendingPosts)
  }

  /** Handles a message from the client. */
  async receive(text: string): Promise<void> {
    if (!this.#shared.limits.message(this.#client, Date.now())) {
      this.#send(errorText('Too many messages per minute.'))
      return
    }
    const parsed = request.safeParse(jsonOf(text))
    if (!parsed.success) {
      this.#send(errorText(`Error parsing JSON into valid websocket request: ${text}`))
      return
    }
    const message = parsed.data
    switch (message.method) {
      case 'ping':
        this.#send(JSON.stringify({ channel: 'pong' }))
        return
      case 'subscribe':
        this.#subscribe(message.subscription)
        return
      case 'unsubscribe':
        this.#unsubscribe(message.subscription)
        return
      case 'post':
        await this.#post(message)
    }
  }

  /** Passes on what a step of the venue means for this connection. */
  publish(batch: VenueEventBatch): void {
    for (const watched of this.#watched.values()) {
      for (const message of eventMessages(watched.subscription, batch)) this.#deliver(watched.subscription, message)
      if (changesState(watched.subscription, batch)) this.#stateChanged(watched)
    }
  }

  #subscribe(raw: unknown): void {
    const { desk, limits } = this.#shared
    const subscription = parseSubscription(raw)
    if (subscription === undefined) return this.#send(errorText(`Invalid subscription ${JSON.stringify(raw)}`))
    const known = subscription.coin === undefined || desk.venue.market.context(subscription.coin) !== undefined
    if (!known) return this.#send(errorText(`Invalid subscription ${JSON.stringify(raw)}`))
    if (this.#watched.has(subscription.key)) {
      return this.#send(errorText(`Already subscribed: ${JSON.stringify(subscription.echo)}`))
    }
    const exceeded = limits.subscribe(this.#client, subscription.user)
    if (exceeded === 'users') {
      return this.#send(errorText(`Cannot track more than ${limits.limit('users')} total users.`))
    }
    if (exceeded === 'subscriptions') {
      return this.#send(errorText(`Cannot subscribe to more than ${limits.limit('subscriptions')} channels.`))
    }
    desk.venue.settle()
    const watched: Watched = { subscription, lastSent: Date.now(), timer: undefined }
    this.#watched.set(subscription.key, watched)
    this.#confirm('subscribe', subscription)
    const first = snapshotMessage(subscription, desk.venue) ?? stateMessage(subscription, desk.venue)
    if (first !== undefined) this.#deliver(subscription, first)
  }

  #unsubscribe(raw: unknown): void {
    const subscription = parseSubscription(raw)
    if (subscription === undefined) return this.#send(errorText(`Invalid subscription ${JSON.stringify(raw)}`))
    const watched = this.#watched.get(subscription.key)
    if (watched === undefined) {
      return this.#send(errorText(`Already unsubscribed: ${JSON.stringify(subscription.echo)}`))
    }
    clearTimeout(watched.timer)
    this.#watched.delete(subscription.key)
    this.#shared.limits.unsubscribe(this.#client, subscription.user)
    this.#confirm('unsubscribe', subscription)
  }

  #confirm(method: 'subscribe' | 'unsubscribe', subscription: Subscription): void {
    this.#send(JSON.stringify({ channel: 'subscriptionResponse', data: { method, subscription: subscription.echo } }))
  }

  async #post(post: z.output<typeof postRequest>): Promise<void> {
    const { desk, limits, stopped } = this.#shared
    if (!limits.post(this.#client)) return this.#send(errorText(`too many pending post requests id=${post.id}`))
    this.#pendingPosts++
    const outcome = await carryOutPost(post, desk, stopped)
    // A post that hangs stays pending, and counts, until its connection is gone.
    if (outcome === 'hang') return
    this.#releasePosts(1)
    if (outcome === 'drop') this.drop()
    else this.#send(outcome.text)
  }

  #releasePosts(count: number): void {
    // The connection may have closed meanwhile, which released them all.
    const released = Math.min(count, this.#pendingPosts)
    this.#pendingPosts -= released
    for (let post = 0; post < released; post++) this.#shared.limits.posted(this.#client)
  }

  #stateChanged(watched: Watched): void {
    if (watched.timer !== undefined) return
    const wait = watched.lastSent + this.#shared.timing.stateIntervalMs - Date.now()
    if (wait <= 0) this.#sendState(watched)
    else watched.timer = setTimeout(() => this.#sendState(watched), wait)
  }

  #sendState(watched: Watched): void {
    watched.timer = undefined
    watched.lastSent = Date.now()
    const message = stateMessage(watched.subscription, this.#shared.desk.venue)
    if (message !== undefined) this.#deliver(watched.subscription, message)
  }

  /** Sends a data message, under stream faults. */
  #deliver(subscription: Subscription, message: StreamMessage): void {
    const fault = this.#shared.desk.faults.ofStream({
      path: '/ws',
      action: undefined,
      info: undefined,
      channel: channelOf(subscription.type),
      user: subscription.user,
      cloid: message.cloids ?? [],
    })
    this.#delivery.deliver(messageText(message), fault)
  }

  #send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.send(text)
    this.#idle.refresh()
  }
}
