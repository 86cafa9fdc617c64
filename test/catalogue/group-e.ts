import type { CatalogueCase } from './case.ts'

export const GROUP_E: readonly CatalogueCase[] = []
