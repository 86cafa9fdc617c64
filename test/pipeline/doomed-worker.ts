/**
 * A worker process that ends itself with SIGKILL at a chosen commit of its book, before or after it: every boundary between
 * two durable states can be hit. Arguments: configuration file, number of the commit, `before` or `after`.
 */
import type { Book, Write } from '#book/book.ts'
import { withCommit } from '#book/with-commit.ts'
import { loadConfig } from '#config/load-config.ts'
import { STAGES } from '#domain/message.ts'
import { createLog } from '#telemetry/log.ts'
import { startTruebook } from '#compose.ts'

const [file = '', fatal = '1', moment = 'before'] = process.argv.slice(2)
let commits = 0

/** Only commits of a signal's life count; sweeps and cursors come at their own times. */
function counts(writes: readonly Write[]): boolean {
  return writes.some((write) => ['positions', 'intents', 'processed'].includes(write.kind))
}

function die(writes: readonly Write[]): void {
  process.stdout.write(
    `killed ${moment} commit ${fatal}: ${[...new Set(writes.map((write) => `${write.op} ${write.kind}`))].join(', ')}\n`,
  )
  process.kill(process.pid, 'SIGKILL')
}

function doomed(book: Book): Book {
  return withCommit(book, async (writes) => {
    const fatalNow = counts(writes) && ++commits === Number(fatal)
    if (fatalNow && moment === 'before') die(writes)
    const revisions = await book.commit(writes)
    if (fatalNow) die(writes)
    return revisions
  })
}

await startTruebook(
  loadConfig(file),
  { stages: STAGES, api: false },
  { log: createLog({ level: 'error', secrets: [] }), aroundBook: doomed },
)
process.stdout.write('up\n')
