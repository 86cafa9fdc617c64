import type { CatalogueCase } from './case.ts'

export const GROUP_H: readonly CatalogueCase[] = []
