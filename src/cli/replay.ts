/** `truebook replay --fills FILE [--json] [--verbose]`: rebuilds episodes from recorded fills and says how far they agree. */
import { FillFileError } from '#fills/lines.ts'
import { replayFile } from '#fills/replay.ts'
import { renderReplay } from '#fills/replay-text.ts'

export interface ReplayOptions {
  /** Path of the fill file. */
  readonly fills: string
  readonly json: boolean
  readonly verbose: boolean
}

/** Where a command writes; text comes with its own line ends. */
export interface Output {
  out(text: string): void
  err(text: string): void
}

/**
 * Runs the command and answers the exit code: 0 when every row is accounted for (gaps, malformed and doubled rows are
 * findings of the report, not failures), 1 when the file cannot be read or is no fill file.
 */
export async function replayCommand(options: ReplayOptions, io: Output): Promise<number> {
  try {
    const report = await replayFile(options.fills)
    io.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : renderReplay(report, options))
    return 0
  } catch (error) {
    if (error instanceof FillFileError) io.err(`${options.fills}: ${error.message}\n`)
    else if (isFileError(error))
      io.err(`${options.fills}: cannot be read (${error.code}); expected a CSV file of fills.\n`)
    else throw error
    return 1
  }
}

function isFileError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
}
