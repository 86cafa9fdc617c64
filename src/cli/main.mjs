#!/usr/bin/env node
/**
 * Starts the `truebook` command (program.ts). What was compiled once is kept compiled, beside the packages and so writable by whoever may
 * write the code itself: that halves the start of every command. Where it cannot be written, nothing is kept. Plain JavaScript, since
 * loading the TypeScript reader for this one file would cost as much as all the rest.
 */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/truebook', import.meta.url)))
// Only what is imported from here on is kept.
const { run } = await import('./program.ts')
await run()
