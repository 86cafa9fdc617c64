/**
 * A process that ends itself with SIGKILL between what Pub/Sub saw and what the other side should see next. Arguments: configuration
 * file, and `told`: a publisher that dies before it pays the debt of its first event; or `accepted`: an API that dies before it
 * acknowledges its first signal.
 */
import type { Book, Write } from '#book/book.ts'
import { withCommit } from '#book/with-commit.ts'
import { loadConfig } from '#config/load-config.ts'
import { createLog } from '#telemetry/log.ts'
import { type Role, startTruebook } from '#compose.ts'

const [file = '', moment = 'told'] = process.argv.slice(2)
const PUBLISHER: Role = { stages: ['publish'], api: false }
const API: Role = { stages: [], api: true }

function paysForEvent(write: Write): boolean {
  return write.op === 'create' && write.kind === 'processed' && write.row.stage === 'publish'
}

function die(): void {
  process.stdout.write(`killed ${moment}\n`)
  process.kill(process.pid, 'SIGKILL')
}

function doomed(book: Book): Book {
  return withCommit(book, async (writes) => {
    if (moment === 'told' && writes.some(paysForEvent)) die()
    const revisions = await book.commit(writes)
    if (moment === 'accepted' && writes.some(({ kind }) => kind === 'signals')) die()
    return revisions
  })
}

await startTruebook(loadConfig(file), moment === 'told' ? PUBLISHER : API, {
  log: createLog({ level: 'error', secrets: [] }),
  aroundBook: doomed,
})
process.stdout.write('up\n')
