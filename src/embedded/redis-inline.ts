/**
 * One question to a Redis in its inline protocol, without a client library: is it up, and which process is it?
 * Used only to wait for a server and to recognise our own; all real work goes through BullMQ's client.
 */
import { connect } from 'node:net'

const REPLY_TIMEOUT_MS = 1_000
const REPLY_MAX_BYTES = 64 * 1024

/** What a Redis says about itself. */
export interface RedisIdentity {
  readonly processId: number
  readonly version: string
}

/** `refused`: nothing listens there, so no server runs on that port. `silent`: something does but gave no usable answer. */
export type RedisAnswer = RedisIdentity | 'refused' | 'silent'

/** Asks the server on 127.0.0.1:`port` who it is; a server that still loads its file answers too. Never throws. */
export async function identifyRedis(port: number): Promise<RedisAnswer> {
  const reply = await askInline(port, 'INFO server')
  if (reply === 'refused') return 'refused'
  const processId = /^process_id:(\d+)\r$/m.exec(reply)?.[1]
  const version = /^redis_version:(\S+)\r$/m.exec(reply)?.[1]
  if (processId === undefined || version === undefined) return 'silent'
  return { processId: Number(processId), version }
}

/** Whether the server on 127.0.0.1:`port` is the process `processId`. */
export async function isRedisProcess(port: number, processId: number | undefined): Promise<boolean> {
  const answer = await identifyRedis(port)
  return typeof answer === 'object' && answer.processId === processId
}

function askInline(port: number, command: string): Promise<string> {
  return new Promise((resolve) => {
    let reply = ''
    const socket = connect({ port, host: '127.0.0.1' })
    socket.setEncoding('utf8')
    socket.setTimeout(REPLY_TIMEOUT_MS, () => socket.destroy())
    socket.on('error', (error) => {
      if ('code' in error && error.code === 'ECONNREFUSED') reply = 'refused'
      socket.destroy()
    })
    socket.on('close', () => resolve(reply))
    socket.on('connect', () => socket.write(`${command}\r\nQUIT\r\n`))
    socket.on('data', (chunk: string) => {
      reply += chunk
      if (reply.length > REPLY_MAX_BYTES) socket.destroy()
    })
  })
}
