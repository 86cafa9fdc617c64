/** How often the properties of this folder run: as often as fits beside the other tests, or TRUEBOOK_FUZZ times as often. */

/** The number of runs for a property that takes this many by default. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(usual * Number(process.env['TRUEBOOK_FUZZ'] ?? 1)) }
}
