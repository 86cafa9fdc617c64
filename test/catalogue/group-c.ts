import type { CatalogueCase } from './case.ts'

export const GROUP_C: readonly CatalogueCase[] = []
