import type { CatalogueCase } from './case.ts'

export const GROUP_D: readonly CatalogueCase[] = []
