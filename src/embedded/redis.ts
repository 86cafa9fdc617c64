/**
 * The Redis that Truebook uses when nobody configured one: private, on a free port, with its data in a given folder.
 * One server at a time owns a folder (two would destroy its append-only file): whoever comes second joins the first,
 * and whoever finds the server of a killed owner takes it over. A Redis that Truebook did not start is never stopped.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { identifyRedis, isRedisProcess } from './redis-inline.ts'
import { startRedisServer } from './redis-server.ts'

const OWNER_FILE = 'redis-owner.json'
const JOIN_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 15_000
const POLL_MS = 25

/** A Redis to use. `source` says whose it is: configured by the user, started here, or joined in its data folder. */
export interface ProvidedRedis {
  readonly url: string
  readonly source: 'configured' | 'started' | 'joined'
  /** Ends the server if this process owns it; does nothing to any other. Safe to call twice. */
  stop(): Promise<void>
}

/** Either the URL of a Redis that exists (REDIS_URL), or the folder for a private one. */
export interface RedisChoice {
  readonly url?: string | undefined
  readonly dataDir: string
}

/** Thrown when the data folder belongs to a Truebook process that is alive but whose Redis does not answer. */
export class RedisFolderBusy extends Error {
  override readonly name = 'RedisFolderBusy'
}

/** Who owns a data folder: the Truebook process, and its server once that is up. */
interface Owner {
  readonly ownerId: number
  readonly port?: number
  readonly serverId?: number
}

/** Gives the Redis to use: the configured one untouched, else the private one of `dataDir`, started if need be. */
export async function provideRedis(choice: RedisChoice): Promise<ProvidedRedis> {
  if (choice.url !== undefined && choice.url !== '') {
    return { url: choice.url, source: 'configured', stop: async () => {} }
  }
  mkdirSync(choice.dataDir, { recursive: true })
  const ownerFile = join(choice.dataDir, OWNER_FILE)
  const deadline = performance.now() + JOIN_TIMEOUT_MS
  while (performance.now() < deadline) {
    if (claim(ownerFile, { ownerId: process.pid })) return startOwned(choice.dataDir, ownerFile)
    const joined = await joinRunning(ownerFile)
    if (joined !== undefined) return joined
    await delay(POLL_MS)
  }
  throw new RedisFolderBusy(
    `Expected the Redis of ${choice.dataDir} to answer, saw none for ${JOIN_TIMEOUT_MS / 1000} s while process ` +
      `${readOwner(ownerFile)?.ownerId ?? 'unknown'} owns the folder. End that process, or choose another data folder.`,
  )
}

/** URL of the private Redis that runs in a folder, or null; starts and changes nothing. */
export async function runningRedis(dataDir: string): Promise<string | null> {
  const owner = readOwner(join(dataDir, OWNER_FILE))
  if (owner?.port === undefined) return null
  return (await isRedisProcess(owner.port, owner.serverId)) ? `redis://127.0.0.1:${owner.port}` : null
}

async function startOwned(dataDir: string, ownerFile: string): Promise<ProvidedRedis> {
  try {
    const server = await startRedisServer({ dataDir, ownProcessGroup: true })
    const owner = { ownerId: process.pid, port: server.port, serverId: server.processId }
    writeFileSync(ownerFile, JSON.stringify(owner))
    const stop = async (): Promise<void> => {
      await server.stop()
      release(ownerFile, owner.serverId)
    }
    return { url: server.url, source: 'started', stop }
  } catch (error) {
    rmSync(ownerFile, { force: true })
    throw error
  }
}

/** The running server of the folder, or `undefined` when there is none yet; clears what dead processes left behind. */
async function joinRunning(ownerFile: string): Promise<ProvidedRedis | undefined> {
  const owner = readOwner(ownerFile)
  if (owner === undefined) return undefined
  const ownerLives = isAlive(owner.ownerId)
  if (owner.port === undefined || owner.serverId === undefined) {
    if (!ownerLives) discard(ownerFile, owner)
    return undefined
  }
  const answer = await identifyRedis(owner.port)
  if (answer === 'silent') return undefined
  if (answer === 'refused' || answer.processId !== owner.serverId) {
    // Process ids are reused after a reboot, so the port decides: a live Redis listens even while it loads its file.
    discard(ownerFile, owner)
    return undefined
  }
  const url = `redis://127.0.0.1:${owner.port}`
  if (ownerLives) return { url, source: 'joined', stop: async () => {} }
  return takeOver(ownerFile, owner.port, owner.serverId)
}

/** Becomes the owner of a server whose owner was killed. */
function takeOver(ownerFile: string, port: number, serverId: number): ProvidedRedis {
  writeFileSync(ownerFile, JSON.stringify({ ownerId: process.pid, port, serverId }))
  const stop = async (): Promise<void> => {
    if (readOwner(ownerFile)?.ownerId !== process.pid) return
    if (await isRedisProcess(port, serverId)) process.kill(serverId, 'SIGTERM')
    const deadline = performance.now() + STOP_TIMEOUT_MS
    while (isAlive(serverId) && performance.now() < deadline) await delay(POLL_MS)
    release(ownerFile, serverId)
  }
  return { url: `redis://127.0.0.1:${port}`, source: 'started', stop }
}

/** Creates the owner file in one step, complete; false when somebody has it already. */
function claim(ownerFile: string, owner: Owner): boolean {
  const draft = `${ownerFile}.${process.pid}`
  writeFileSync(draft, JSON.stringify(owner))
  try {
    linkSync(draft, ownerFile)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function readOwner(ownerFile: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(ownerFile, 'utf8')) as Owner
  } catch {
    // Gone, or half-written by its owner at this instant: the caller looks again.
    return undefined
  }
}

function discard(ownerFile: string, seen: Owner): void {
  const now = readOwner(ownerFile)
  if (now?.ownerId === seen.ownerId && now.serverId === seen.serverId) rmSync(ownerFile, { force: true })
}

function release(ownerFile: string, serverId: number): void {
  const owner = readOwner(ownerFile)
  if (owner?.ownerId === process.pid && owner.serverId === serverId) rmSync(ownerFile, { force: true })
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
