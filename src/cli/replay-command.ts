/** `truebook replay`: recorded fills through the code that the reconciler uses. */
import { renderReplay } from '#fills/replay-text.ts'
import { replayFile } from '#fills/replay.ts'
import { sayJson } from './print.ts'

/** @throws FillFileError, ReplayError */
export async function replay(options: {
  readonly fills: string
  readonly json?: boolean
  readonly verbose?: boolean
}): Promise<void> {
  const report = await replayFile(options.fills)
  if (options.json) sayJson(report)
  else process.stdout.write(renderReplay(report, { verbose: options.verbose === true }))
}
