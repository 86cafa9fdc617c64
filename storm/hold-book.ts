/** `node storm/hold-book.ts FILE MS`: holds the write lock of an embedded book for so long, as a backup tool that got stuck would. */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

const [file = '', ms = '0'] = process.argv.slice(2)
const database = new DatabaseSync(file, { timeout: 5_000 })
database.exec('BEGIN EXCLUSIVE')
await delay(Number(ms))
database.exec('ROLLBACK')
database.close()
