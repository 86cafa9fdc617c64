/** What is said of a file that cannot be used. */
import { basename } from 'node:path'

/** One mistake and its place in the file; lines and columns count from 1. */
export interface ConfigMistake {
  readonly line: number
  readonly column: number
  readonly text: string
}

/** Thrown for a file that cannot be used; the message lists every mistake as `file:line:column  text`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly mistakes: readonly ConfigMistake[]
  constructor(file: string, mistakes: readonly ConfigMistake[]) {
    const sorted = mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column)
    const list = sorted.map((mistake) => `  ${basename(file)}:${mistake.line}:${mistake.column}  ${mistake.text}`)
    super(`${sorted.length} ${sorted.length === 1 ? 'mistake' : 'mistakes'} in ${file}:\n${list.join('\n')}`)
    this.mistakes = sorted
  }
}
