/**
 * Preloaded (`--import` in NODE_OPTIONS, so that processes started by a test get it too): gives Node one module's source
 * with a mutant in it. Nothing on disk changes, so several mutants can be tried side by side.
 * TRUEBOOK_MUTANT is JSON: `url` of the module, `find` and `replace`, and `trace`, a file that is made once it was loaded.
 */
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const mutant = JSON.parse(process.env['TRUEBOOK_MUTANT'] ?? 'null')
if (mutant === null) throw new Error('Expected a mutant as JSON in TRUEBOOK_MUTANT, saw nothing.')

// A test file that is stopped must still end what it started, which it does when it exits.
if (process.execArgv.some((argument) => argument.startsWith('--test-name-pattern'))) {
  process.once('SIGTERM', () => process.exit(1))
}

registerHooks({
  load(url, context, nextLoad) {
    const module = nextLoad(url, context)
    if (url !== mutant.url) return module
    const source = Buffer.from(/** @type {Uint8Array} */ (module.source)).toString()
    const [before, after, ...more] = source.split(mutant.find)
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(
        `Expected the text of the mutant once in ${url}, saw it ${source.split(mutant.find).length - 1} times.`,
      )
    }
    writeFileSync(mutant.trace, '')
    return { ...module, source: before + mutant.replace + after }
  },
})
