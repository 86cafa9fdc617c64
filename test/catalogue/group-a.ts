import type { CatalogueCase } from './case.ts'

export const GROUP_A: readonly CatalogueCase[] = []
