/** One Firestore emulator for all test files (each takes a project id of its own): every further one would cost a gigabyte. */
import { FirestoreEmulatorMissing, startFirestoreEmulator } from '#test/support/firestore-emulator.ts'

/** Starts it where one of `files` needs it, and names it to them in FIRESTORE_EMULATOR_HOST. */
export async function shareEmulator(files: readonly string[]): Promise<{ stop(): Promise<void> } | undefined> {
  if (!files.some((file) => file.includes('firestore'))) return undefined
  try {
    const emulator = await startFirestoreEmulator()
    process.env['FIRESTORE_EMULATOR_HOST'] = emulator.host
    return emulator
  } catch (error) {
    // The tests that need it fail with the same message; all others can still run.
    if (error instanceof FirestoreEmulatorMissing) return undefined
    throw error
  }
}
