/**
 * The catalogue: failures that other trading systems met in the field, by group and number, each with what it demands of
 * us. `npm run mutants` puts the wrong behaviour of each in and shows that the tests which name the case fail.
 */
import type { CatalogueCase } from './case.ts'
import { GROUP_A } from './group-a.ts'
import { GROUP_B } from './group-b.ts'
import { GROUP_C } from './group-c.ts'
import { GROUP_D } from './group-d.ts'
import { GROUP_E } from './group-e.ts'
import { GROUP_F } from './group-f.ts'
import { GROUP_G } from './group-g.ts'
import { GROUP_H } from './group-h.ts'
import { GROUP_I } from './group-i.ts'

/** How many cases each group has: ambiguity, fills, positions, closed elsewhere, partials, fees, risk, limits, machinery. */
const SIZES = { A: 23, B: 23, C: 21, D: 10, E: 6, F: 5, G: 8, H: 7, I: 7 }

/** Every id that the catalogue must hold, in order: A1 to I7. */
export const CASE_IDS: readonly string[] = Object.entries(SIZES).flatMap(([group, size]) =>
  Array.from({ length: size }, (_, index) => `${group}${index + 1}`),
)

/** Every case, by group. */
export const CATALOGUE: readonly CatalogueCase[] = [
  ...GROUP_A,
  ...GROUP_B,
  ...GROUP_C,
  ...GROUP_D,
  ...GROUP_E,
  ...GROUP_F,
  ...GROUP_G,
  ...GROUP_H,
  ...GROUP_I,
]
