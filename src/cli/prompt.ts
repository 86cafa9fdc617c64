/** Questions on a terminal. They go to standard error, so that standard output holds the answer of the command alone. */
import { createInterface } from 'node:readline/promises'
import { CommandFailed, EXIT } from './failure.ts'

export interface Prompt extends Disposable {
  /** The answer without blanks around it. @throws CommandFailed when the person leaves instead of answering */
  ask(question: string): Promise<string>
}

export function openPrompt(): Prompt {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const closed = new Promise<null>((resolve) => terminal.once('close', () => resolve(null)))
  return {
    async ask(question) {
      // A key that interrupts rejects the question; a terminal that is closed leaves it without any answer.
      const answered = terminal.question(question).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'AbortError') return null
        throw error
      })
      const answer = await Promise.race([answered, closed])
      if (answer !== null) return answer.trim()
      throw new CommandFailed('\nLeft at the question: nothing was done.', EXIT.refused)
    },
    [Symbol.dispose]: () => terminal.close(),
  }
}
