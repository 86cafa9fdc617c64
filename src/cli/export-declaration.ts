/** Declares `truebook export`; what it does is loaded when it runs. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { endOf, instantOf } from './instant-argument.ts'

/** As in `export/datasets.ts`, without loading it; a test keeps them equal. */
export const EXPORT_NAMES = ['ledger', 'fills', 'positions', 'equity-days', 'audit'] as const
type ExportName = (typeof EXPORT_NAMES)[number]

/** Puts the command under the programme. */
export function declareExport(program: Command, config: Option): void {
  program
    .command('export')
    .description('write rows of the book to a file, in order of time, every digit kept; reads the book itself')
    .argument('<rows>', EXPORT_NAMES.join(', '), exportName)
    .addOption(config)
    .addOption(new Option('--format <format>', 'of the file').choices(['csv', 'parquet', 'json']).default('csv'))
    .requiredOption('--out <file>', 'file to write; it appears once it is whole, readable by you only')
    .option('--force', 'replace a file that is there')
    .option('--account <id>', 'one account; default: all')
    .option('--from <instant>', 'only what is not older, e.g. 2026-11-01 or 2026-11-01T12:00Z', instantOf)
    .option('--to <instant>', 'only what is not newer; a day is meant with all its hours', endOf)
    .action(async (name: ExportName, options) => (await import('./export-command.ts')).exportRows(name, options))
}

function exportName(text: string): ExportName {
  const found = EXPORT_NAMES.find((name) => name === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`Expected one of ${EXPORT_NAMES.join(', ')}, saw "${text}".`)
}
