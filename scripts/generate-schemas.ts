/** Writes the published JSON Schemas into `schema/`. Run after changing the signal or the configuration. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PUBLISHED_SCHEMAS, schemaText } from '#config/json-schemas.ts'

const folder = fileURLToPath(new URL('../schema/', import.meta.url))
mkdirSync(folder, { recursive: true })
for (const file of Object.keys(PUBLISHED_SCHEMAS) as (keyof typeof PUBLISHED_SCHEMAS)[]) {
  writeFileSync(`${folder}${file}`, schemaText(file))
  console.log(`schema/${file}`)
}
