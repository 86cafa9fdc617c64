import type { CatalogueCase } from './case.ts'

export const GROUP_B: readonly CatalogueCase[] = []
