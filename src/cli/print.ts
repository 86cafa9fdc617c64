/** Printing for people and for programs: aligned tables, or JSON; colour only on a terminal that wants it. */
import { withoutHidden } from '#domain/plain-text.ts'

type Cell = string | number | null | undefined

/** Writes a line to standard output. */
export function say(line: string): void {
  process.stdout.write(`${shown(line)}\n`)
}

/** Writes a line to standard error, where questions and failures are told. */
export function tell(line: string): void {
  process.stderr.write(`${shown(line)}\n`)
}

/** Writes one JSON document to standard output. */
export function sayJson(value: unknown): void {
  // JSON escapes some of what a terminal would obey; here all of it.
  process.stdout.write(`${withoutHidden(JSON.stringify(value, null, 2), escaped)}\n`)
}

/** Our own colours, and whatever else begins like one. */
const COLOR = new RegExp(String.raw`(\u001B\[(?:0|31|32|33|90)m)`)

/** What venues, senders and people wrote must not drive the terminal of who reads it. */
export function shown(text: string): string {
  return text
    .split(COLOR)
    .map((part, index) => (index % 2 === 1 ? part : withoutHidden(part)))
    .join('')
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Rows under their headings, columns aligned; null shows as a dash. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const text = [
    headings,
    ...rows.map((row) => row.map((cell) => (cell === null || cell === undefined ? '-' : String(cell)))),
  ]
  const widths = headings.map((_, column) => Math.max(...text.map((row) => (row[column] ?? '').length)))
  return text
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** An instant (ms) in UTC, or a dash. */
export function instant(at: number | null): string {
  return at === null
    ? '-'
    : new Date(at)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z')
}

const COLORS = { green: 32, yellow: 33, red: 31, gray: 90 } as const

/** Colours a word on a terminal without NO_COLOR. */
export function colored(word: string, color: keyof typeof COLORS): string {
  const wanted = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === ''
  return wanted ? `\u001B[${COLORS[color]}m${word}\u001B[0m` : word
}
