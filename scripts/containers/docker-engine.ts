/**
 * A Docker engine for the container tests: the one that runs here, else a private one, started by hand with its own
 * folder and socket and ended afterwards. Only root can start one; on Debian it is installed with apt-get first.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { canInstallPackages, installFirstOf, onPath } from '../setup/system.mjs'

const SYSTEM_SOCKET = '/var/run/docker.sock'
const START_TIMEOUT_MS = 60_000
const START_POLL_MS = 100
const STOP_TIMEOUT_MS = 30_000

/** An engine to use; `host` is what DOCKER_HOST takes. */
export interface DockerEngine {
  readonly host: string
  /** Ends it if it was started here. */
  stop(): Promise<void>
}

/** Thrown where no engine runs and none can be started; its message says what to do. */
export class DockerUnavailable extends Error {
  override readonly name = 'DockerUnavailable'
}

/** The engine of DOCKER_HOST, the system's own, or a private one. @throws DockerUnavailable */
export async function provideDockerEngine(): Promise<DockerEngine> {
  const named = process.env['DOCKER_HOST']
  if (named !== undefined && named !== '') return { host: named, stop: async () => {} }
  if (await answers(SYSTEM_SOCKET)) return { host: `unix://${SYSTEM_SOCKET}`, stop: async () => {} }
  if (onPath('dockerd') === undefined && canInstallPackages()) installFirstOf(['docker.io'])
  if (await answers(SYSTEM_SOCKET)) return { host: `unix://${SYSTEM_SOCKET}`, stop: async () => {} }
  const program = onPath('dockerd')
  if (program === undefined || process.getuid?.() !== 0) {
    throw new DockerUnavailable(
      'Expected a Docker engine that answers, or root rights to start one, saw neither. ' +
        'Run: sudo apt-get install -y docker.io && sudo systemctl start docker, or set DOCKER_HOST',
    )
  }
  return startEngine(program)
}

async function startEngine(program: string): Promise<DockerEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'truebook-docker-'))
  const socket = join(folder, 'docker.sock')
  const log = join(folder, 'dockerd.log')
  const argv = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '-H', `unix://${socket}`]
  const child = spawn('sh', ['-c', 'exec "$0" "$@" >"$LOG" 2>&1', program, ...argv, '-p', join(folder, 'pid')], {
    stdio: 'ignore',
    env: { ...process.env, LOG: log },
  })
  const stop = async (): Promise<void> => {
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  const deadline = performance.now() + START_TIMEOUT_MS
  while (performance.now() < deadline && child.exitCode === null) {
    if (await answers(socket)) return { host: `unix://${socket}`, stop }
    await delay(START_POLL_MS)
  }
  const words = existsSync(log) ? (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-5).join('\n') : ''
  await stop()
  throw new DockerUnavailable(`Expected ${program} to start, saw it not answer. Its last words:\n${words}`)
}

/** Whether an engine answers on that socket. */
function answers(socketPath: string): Promise<boolean> {
  if (!existsSync(socketPath)) return Promise.resolve(false)
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: 2_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('error', () => resolve(false))
    ping.on('timeout', () => ping.destroy())
    ping.end()
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const forced = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await ended
  clearTimeout(forced)
}
