/** Stops a venue after its test, when all clients of it are closed: none of them shall try to reconnect. */
import type { TestContext } from 'node:test'

/** Registers what to close before the venue stops. */
export type BeforeStop = (close: () => unknown) => void

/** Stops the venue when the test ends, also when it fails. */
export function stopAfterTest(context: TestContext, venue: { stop(): Promise<void> }): BeforeStop {
  const closers: (() => unknown)[] = []
  context.after(async () => {
    for (const close of closers) await close()
    await venue.stop()
  })
  return (close) => closers.push(close)
}
