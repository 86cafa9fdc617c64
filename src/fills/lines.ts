/**
 * Streams a text file line by line with line numbers, in bounded memory. One line is one row: a stray quote then harms
 * its own row only, where a parser that lets quoted cells span lines would swallow the rows after it.
 */
import { createReadStream } from 'node:fs'

const MAX_LINE = 65_536

/** Thrown when the text cannot be a fill file at all. */
export class FillFileError extends Error {
  override readonly name = 'FillFileError'
}

export interface NumberedLine {
  readonly number: number
  readonly text: string
}

/**
 * Yields batches of lines of UTF-8 text. A carriage return or a byte order mark stays: both are blanks to the trimming of
 * cells. @throws FillFileError for a file without line breaks; file system errors as they are
 */
export async function* readLines(path: string): AsyncGenerator<NumberedLine[]> {
  let number = 0
  let rest = ''
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > MAX_LINE) {
      throw new FillFileError(
        `Expected lines of at most ${MAX_LINE} characters, line ${number + parts.length + 1} is longer: is this a CSV file?`,
      )
    }
    yield parts.map((text) => ({ number: (number += 1), text }))
  }
  if (rest !== '') yield [{ number: number + 1, text: rest }]
}
