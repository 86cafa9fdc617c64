/** Reads rule files of programmes: every mistake with its place, as for the configuration itself. */
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ProgrammeRules } from '#domain/programme/rules.ts'
import { ConfigError } from './config-error.ts'
import { programmeFileSchema, rulesFrom } from './programme-schema.ts'
import { parseYaml } from './yaml-file.ts'

/** @throws ConfigError naming every mistake of the file */
export function loadProgramme(path: string): ProgrammeRules {
  const file = resolve(path)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const seen = `expected a readable rule file, saw: ${(error as Error).message}. The folder programmes/ has examples.`
    throw new ConfigError(file, [{ line: 1, column: 1, text: seen }])
  }
  return rulesFrom(parseYaml(text, file, programmeFileSchema))
}

/** Rule files of a folder by file name, sorted. @throws ConfigError on the first that is wrong */
export function listProgrammes(folder: string): { readonly file: string; readonly rules: ProgrammeRules }[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  return files.toSorted().map((name) => ({ file: name, rules: loadProgramme(join(folder, name)) }))
}
