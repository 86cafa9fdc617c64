/**
 * Starts and stops one private Redis server process: loopback only, append-only file on, never evicting.
 * Those settings are what BullMQ needs to lose no accepted job (https://docs.bullmq.io/guide/going-to-production).
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { freePort } from './free-port.ts'
import { isRedisProcess } from './redis-inline.ts'
import { endWithUs } from './end-with-us.ts'

const PROGRAMS = ['redis-server', 'valkey-server']
const START_TIMEOUT_MS = 60_000
const START_POLL_MS = 10
const STOP_TIMEOUT_MS = 10_000
const PORT_ATTEMPTS_MAX = 5

/** Thrown when no Redis program is on the PATH; its message holds the line that installs one. */
export class RedisNotInstalled extends Error {
  override readonly name = 'RedisNotInstalled'
}

/** Thrown when a Redis program started but never answered; its message ends with the server's last words. */
export class RedisDidNotStart extends Error {
  override readonly name = 'RedisDidNotStart'
}

/** A running server that this process started. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly processId: number
  /** Ends it gracefully: the append-only file is complete when this resolves. Safe to call twice. */
  stop(): Promise<void>
  /** Ends it at once with SIGKILL, as a crash would. */
  kill(): Promise<void>
}

/** Where and how to run; without `port` a free one is taken. */
export interface RedisServerOptions {
  readonly dataDir: string
  readonly port?: number
  readonly searchPath?: string
  /** Run outside the terminal's process group, so that Ctrl-C reaches only us and the workers drain before Redis ends. */
  readonly ownProcessGroup?: boolean
}

/** The first of redis-server and valkey-server on the search path. @throws RedisNotInstalled */
export function findRedisProgram(searchPath: string = process.env['PATH'] ?? ''): string {
  for (const program of PROGRAMS) {
    for (const folder of searchPath.split(delimiter).filter((entry) => entry !== '')) {
      const file = join(folder, program)
      if (isExecutable(file)) return file
    }
  }
  throw new RedisNotInstalled(
    `Expected redis-server or valkey-server on the PATH, saw neither. Install one (Debian: "apt-get install -y redis-server", ` +
      `macOS: "brew install redis"), or set REDIS_URL to a Redis of version 6.2 or newer with maxmemory-policy noeviction.`,
  )
}

/** Starts a server on `dataDir` and waits until it answers. @throws RedisNotInstalled @throws RedisDidNotStart */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const program = findRedisProgram(options.searchPath)
  mkdirSync(options.dataDir, { recursive: true })
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort())
    const child = launch(program, port, options)
    if (await answers(child, port)) return runningServer(child, port)
    const words = lastWords(options.dataDir)
    const portWasTaken = /Address already in use/.test(words)
    if (!portWasTaken || options.port !== undefined || attempt === PORT_ATTEMPTS_MAX) {
      throw new RedisDidNotStart(
        `Expected ${program} to answer on 127.0.0.1:${port}, saw it end first. Its log says:\n${words}`,
      )
    }
  }
}

function launch(program: string, port: number, options: RedisServerOptions): ChildProcess {
  const { dataDir, ownProcessGroup = false } = options
  const settings: readonly (readonly [string, string])[] = [
    ['port', String(port)],
    ['bind', '127.0.0.1'],
    ['dir', dataDir],
    ['appendonly', 'yes'],
    ['appendfsync', 'everysec'],
    ['save', ''],
    ['maxmemory-policy', 'noeviction'],
    ['logfile', join(dataDir, 'redis.log')],
    ['daemonize', 'no'],
  ]
  const argv = settings.flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(program, argv, { stdio: 'ignore', detached: ownProcessGroup, env: environment() })
  endWithUs(child, 'SIGTERM')
  return child
}

/** What a server needs of our environment: it may hold secrets, which are none of its business. */
function environment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH', 'SystemRoot']
  return Object.fromEntries(kept.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])))
}

/** True once the process that we started answers; false when it ended. Another server on the port is not ours. */
async function answers(child: ChildProcess, port: number): Promise<boolean> {
  child.on('error', () => {})
  const deadline = performance.now() + START_TIMEOUT_MS
  while (performance.now() < deadline) {
    if (hasEnded(child) || child.pid === undefined) return false
    if (await isRedisProcess(port, child.pid)) return true
    await delay(START_POLL_MS)
  }
  await endProcess(child, 'SIGKILL')
  return false
}

function runningServer(child: ChildProcess, port: number): RedisServer {
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    processId: child.pid ?? 0,
    stop: () => endProcess(child, 'SIGTERM'),
    kill: () => endProcess(child, 'SIGKILL'),
  }
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill(signal)
  const forced = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await ended
  clearTimeout(forced)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function lastWords(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, 'redis.log'), 'utf8').trimEnd().split('\n').slice(-8).join('\n')
  } catch {
    return '(it wrote no log)'
  }
}
