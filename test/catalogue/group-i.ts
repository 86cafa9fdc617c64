import type { CatalogueCase } from './case.ts'

export const GROUP_I: readonly CatalogueCase[] = []
