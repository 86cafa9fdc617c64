/** Port Transport: the only way an adapter reaches its venue. A simulation puts another one in its place. */
import { type ClientOptions, WebSocket } from 'ws'
import { type HttpClient, openHttpClient } from './http-request.ts'

/** What makes a websocket, as `ws` has it. */
export type SocketClass = new (
  address: string | URL,
  protocols?: string | string[],
  options?: ClientOptions,
) => WebSocket

/** Ways to a venue. */
export interface Transport {
  /** A client for one base URL. @throws TypeError when the URL is not http(s) */
  readonly http: (baseUrl: string) => HttpClient
  readonly WebSocket: SocketClass
}

/** Sockets of this machine. */
export const SOCKETS: Transport = { http: openHttpClient, WebSocket }
