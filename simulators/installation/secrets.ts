/** Keys and tokens of paper installations: made from a seed, kept in files that only their owner can read. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** 64 hex digits; same seed and purpose, same digits. */
export function derive(seed: string, purpose: string): string {
  return createHash('sha256').update(`truebook simulator ${seed} ${purpose}`).digest('hex')
}

/** Makes the function that puts a secret into a file below `dir` and answers the path relative to it. */
export function secretFiles(dir: string): (name: string, value: string) => string {
  const folder = join(dir, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return (name, value) => {
    writeFileSync(join(folder, name), `${value}\n`, { mode: 0o600 })
    return `secrets/${name}`
  }
}
