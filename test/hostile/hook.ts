/** A webhook that keeps what it is sent and answers what it is told, with its own address in the words. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Hook {
  readonly url: Promise<string>
  readonly delivered: string[]
  status: number
  close(): void
}

/** Listens on a free port of this machine. */
export function startHook(): Hook {
  const delivered: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      delivered.push(body)
      response.writeHead(hook.status).end(`no service at ${request.url}`)
    })
  })
  const url = new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
  const hook: Hook = {
    url,
    delivered,
    status: 200,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return hook
}
