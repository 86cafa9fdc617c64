import type { CatalogueCase } from './case.ts'

export const GROUP_F: readonly CatalogueCase[] = []
