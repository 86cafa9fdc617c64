/**
 * Google's own Firestore emulator, for tests of the Firestore book: the one at FIRESTORE_EMULATOR_HOST if that is set
 * (as `npm test` does), else one of this test's own. Take a project id of your own: it separates the data.
 */
import { EMULATOR_ADVICE, emulatorCommand, findEmulatorJar } from '#scripts/setup/firestore-emulator.mjs'
import { type Emulator, startJavaEmulator } from './java-emulator.ts'

export type FirestoreEmulator = Emulator

/** @throws EmulatorMissing */
export async function startFirestoreEmulator(): Promise<FirestoreEmulator> {
  return await startJavaEmulator({
    what: 'Firestore',
    variable: 'FIRESTORE_EMULATOR_HOST',
    jar: findEmulatorJar(),
    command: emulatorCommand,
    advice: EMULATOR_ADVICE,
  })
}
