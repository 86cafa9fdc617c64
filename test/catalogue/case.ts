/** What the catalogue of failure cases is made of: what a case demands, and the wrong behaviour that its tests must catch. */

/**
 * One wrong behaviour, put in by replacing `find` (exact text that occurs exactly once in `file`) with `replace`. Paths
 * start at the project's folder. Some test of `tests` whose title carries the case's id must fail on it.
 */
export interface Mutant {
  readonly file: string
  readonly find: string
  readonly replace: string
  readonly tests: readonly string[]
}

/** A case that touches us: a test that names it, and at least one mutant which that test kills. */
export interface CoveredCase {
  readonly id: string
  /** What is demanded of us, in one line. */
  readonly required: string
  readonly mutants: readonly [Mutant, ...Mutant[]]
}

/** A case that does not touch us, and why, in one line. */
export interface InapplicableCase {
  readonly id: string
  readonly required: string
  readonly notApplicable: string
}

export type CatalogueCase = CoveredCase | InapplicableCase
