/** One hub connection: handshake, invocations, pings both ways, events under faults (reference C5). */
import type { WebSocket } from 'ws'
import type { VenueEvent } from '#simulators/projectx/engine/event.ts'
import { quoteJson } from '#simulators/projectx/wire/rows.ts'
import {
  closeRecord,
  completionRecord,
  eventRecord,
  handshakeRecord,
  isJsonHandshake,
  parseMessage,
  pingRecord,
  recordsOf,
} from '#simulators/projectx/wire/signalr.ts'
import { FaultDelivery } from '#simulators/venue/fault-delivery.ts'
import type { Desk } from './desk.ts'
import type { HubName } from './hub-paths.ts'
import { type EventShape, type HubEvent, HubSubscriptions } from './hub-subscriptions.ts'

/** Timing of hubs, ms of real time. */
export interface HubTiming {
  /** The server pings this often (15,000). */
  readonly keepAliveMs: number
  /** A client that is silent for this long is closed (30,000). */
  readonly clientTimeoutMs: number
}

/** What a connection is made for. */
export interface HubPlace {
  readonly hub: HubName
  readonly userName: string
  readonly desk: Desk
  readonly timing: HubTiming
  readonly shape: EventShape
}

/** Serves one connection. */
export class HubConnection {
  readonly #socket: WebSocket
  readonly #place: HubPlace
  readonly #subscriptions: HubSubscriptions
  readonly #ping: NodeJS.Timeout
  readonly #silence: NodeJS.Timeout
  readonly #delivery: FaultDelivery
  #isShaken = false

  constructor(socket: WebSocket, place: HubPlace) {
    this.#socket = socket
    this.#place = place
    this.#subscriptions = new HubSubscriptions(place.hub, place.userName, place.shape)
    this.#delivery = new FaultDelivery(
      (text) => this.#send(text),
      () => this.drop(),
    )
    this.#ping = setInterval(() => this.#isShaken && this.#send(pingRecord()), place.timing.keepAliveMs)
    this.#silence = setTimeout(() => this.#end('The client was silent for too long.'), place.timing.clientTimeoutMs)
  }

  /** Whether it is subscribed to anything of an account. */
  watches(accountId: number): boolean {
    return this.#subscriptions.watches(accountId)
  }

  /** Cuts the connection without a word. */
  drop(): void {
    this.#socket.terminate()
  }

  /** Forgets what was to come once the connection is gone. */
  closed(): void {
    clearInterval(this.#ping)
    clearTimeout(this.#silence)
    this.#delivery.clear()
  }

  /** Takes a frame of the client. */
  receive(frame: string): void {
    this.#silence.refresh()
    for (const record of recordsOf(frame)) {
      if (this.#isShaken) this.#act(record)
      else this.#shake(record)
    }
  }

  /** Passes on what events of the venue mean for this connection. */
  publish(events: readonly VenueEvent[]): void {
    if (!this.#isShaken) return
    for (const event of events) for (const message of this.#subscriptions.messages(event)) this.#deliver(message)
  }

  #shake(record: string): void {
    if (!isJsonHandshake(record)) {
      this.#send(handshakeRecord('The protocol is not supported: expected json, version 1.'))
      this.#socket.close()
      return
    }
    this.#isShaken = true
    this.#send(handshakeRecord())
  }

  #act(record: string): void {
    const message = parseMessage(record)
    switch (message.kind) {
      case 'ping':
        return
      case 'close':
        this.#socket.close()
        return
      case 'unknown':
        this.#end('Connection closed with an error: the message is not of the protocol.')
        return
      case 'invoke':
        this.#invoke(message.target, message.arguments, message.id)
    }
  }

  #invoke(target: string, args: readonly unknown[], id: string | undefined): void {
    const done = this.#subscriptions.invoke(target, args)
    if (id !== undefined) {
      const error = `Failed to invoke '${target}' due to an error on the server. HubException: Method does not exist.`
      this.#send(completionRecord(id, done === undefined ? error : undefined))
    }
    if (done?.topic !== 'ContractQuotes' || !done.isNew) return
    const quote = this.#place.desk.venue.market.quote(done.subject)
    if (quote === undefined) return
    this.#deliver({
      target: 'GatewayQuote',
      args: [quote.contractId, quoteJson(quote, true)],
      contract: quote.contractId,
    })
  }

  #deliver({ target, args, account, contract, tag }: HubEvent): void {
    const fault = this.#place.desk.faults.ofStream({
      path: `/hubs/${this.#place.hub}`,
      target,
      account: account === undefined ? undefined : [String(account.id), account.name],
      contract,
      customTag: tag ?? undefined,
    })
    this.#delivery.deliver(eventRecord(target, args), fault)
  }

  #end(error: string): void {
    this.#send(closeRecord(error))
    this.#socket.close()
  }

  #send(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text)
  }
}
