import type { CatalogueCase } from './case.ts'

export const GROUP_G: readonly CatalogueCase[] = []
