/** Writes `firestore.indexes.json` from the declared query shapes: `node scripts/firestore-indexes.ts`. */
import { writeFileSync } from 'node:fs'
import { firestoreIndexFile } from '#book/firestore/indexes.ts'

const file = new URL('../firestore.indexes.json', import.meta.url)
writeFileSync(file, firestoreIndexFile())
console.log(`Wrote ${file.pathname}.`)
