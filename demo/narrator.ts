/** Tells the story of a demo run on the terminal: one line a happening, with the time since the start. */

export interface Narrator {
  /** A new act of the story. */
  act(title: string): void
  /** Something that happened. */
  say(text: string): void
  /** Something that a person had to be told. */
  alarm(text: string): void
}

/** A quiet narrator says nothing (JSON output). */
export function narrator(quiet: boolean): Narrator {
  const startedAt = performance.now()
  const bold = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
  const styled = (code: string, text: string): string => (bold ? `\u001B[${code}m${text}\u001B[0m` : text)
  const line = (text: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)
    if (!quiet) process.stdout.write(`${seconds}s  ${text}\n`)
  }
  return {
    act: (title) => {
      if (!quiet) process.stdout.write(`\n${styled('1', title)}\n`)
    },
    say: line,
    alarm: (text) => line(styled('31', `! ${text}`)),
  }
}
