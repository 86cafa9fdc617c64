/**
 * A TCP port of 127.0.0.1 that was free a moment ago.
 * Another process may take it before it is used: whoever binds it must be ready to ask again.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Asks the kernel for a free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') {
    throw new Error(`Expected a TCP address of a listening server, saw ${JSON.stringify(address)}.`)
  }
  return address.port
}
