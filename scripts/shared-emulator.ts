/** One emulator of a kind for all test files (each takes a project id of its own): every further one would cost up to a gigabyte. */
import { startFirestoreEmulator } from '#test/support/firestore-emulator.ts'
import { type Emulator, EmulatorMissing } from '#test/support/java-emulator.ts'
import { startPubsubEmulator } from '#test/support/pubsub-emulator.ts'

const KINDS = [
  { word: 'firestore', variable: 'FIRESTORE_EMULATOR_HOST', start: startFirestoreEmulator },
  { word: 'pubsub', variable: 'PUBSUB_EMULATOR_HOST', start: startPubsubEmulator },
] as const

/** Starts those that `files` need, and names each to them in its variable. */
export async function shareEmulators(files: readonly string[]): Promise<AsyncDisposable> {
  const started: Emulator[] = []
  for (const { word, variable, start } of KINDS) {
    if (!files.some((file) => file.includes(word))) continue
    try {
      const emulator = await start()
      process.env[variable] = emulator.host
      started.push(emulator)
    } catch (error) {
      // The tests that need it fail with the same message; all others can still run.
      if (!(error instanceof EmulatorMissing)) throw error
    }
  }
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((emulator) => emulator.stop()))
    },
  }
}
