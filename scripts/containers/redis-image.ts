/**
 * A build context for a Redis image made of this machine's own redis-server and the libraries it loads: nothing is
 * pulled from anywhere, so the container tests need no registry.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { onPath } from '../setup/system.mjs'

const PROGRAMS = ['redis-server', 'redis-cli']

/** Writes the context into a new temporary folder and returns its path. */
export function redisImageContext(): string {
  const folder = mkdtempSync(join(tmpdir(), 'truebook-redis-image-'))
  const files = join(folder, 'root')
  for (const program of PROGRAMS) {
    const path = onPath(program)
    if (path === undefined)
      throw new Error(`Expected ${program} on the PATH, saw none. Run: apt-get install -y redis-server`)
    copyInto(files, path, join('/usr/bin', program))
    for (const library of librariesOf(path)) copyInto(files, library, library)
  }
  for (const name of ['data', 'tmp']) mkdirSync(join(files, name), { recursive: true })
  // Data goes where the official image keeps it, so that compose's own command works unchanged.
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY root/ /\nWORKDIR /data\nEXPOSE 6379\n')
  return folder
}

function librariesOf(program: string): string[] {
  const listing = execFileSync('ldd', [program], { encoding: 'utf8' })
  return [...listing.matchAll(/(\/\S+)/g)].map(([, path = '']) => path).filter((path) => existsSync(path))
}

function copyInto(files: string, from: string, to: string): void {
  const target = join(files, to)
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(from, target)
}
