/** Processes that must not outlive the one that started them. */
import type { ChildProcess } from 'node:child_process'

/** Sends the signal to the child when this process exits, however it comes to it; nothing once the child has ended. */
export function endWithUs(child: ChildProcess, signal: NodeJS.Signals): void {
  const end = (): void => void child.kill(signal)
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
}
