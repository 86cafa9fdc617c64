/** Writes the published JSON Schemas and the OpenAPI document into `schema/`, and the configuration reference into `docs/`. Run after changing the signal, the configuration or a route. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PUBLISHED_SCHEMAS, schemaText } from '#config/json-schemas.ts'
import { publishedOpenApi } from '#http/published-openapi.ts'
import { configurationReference } from './configuration-reference.ts'

const folder = fileURLToPath(new URL('../schema/', import.meta.url))
mkdirSync(folder, { recursive: true })
for (const file of Object.keys(PUBLISHED_SCHEMAS) as (keyof typeof PUBLISHED_SCHEMAS)[]) {
  writeFileSync(`${folder}${file}`, schemaText(file))
  console.log(`schema/${file}`)
}
writeFileSync(`${folder}openapi.json`, await publishedOpenApi())
console.log('schema/openapi.json')
writeFileSync(`${folder}../docs/configuration.md`, configurationReference())
console.log('docs/configuration.md')
