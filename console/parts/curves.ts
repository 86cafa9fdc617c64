/** Curves for the eye: here, and only here, amounts become numbers, since pixels are not exact either. Pure. */
import type { LedgerAnswer } from '#http/overview-wire.ts'
import type { EquityDaysAnswer } from '#http/wire.ts'

export interface Curve {
  readonly name: string
  /** In order of time: seconds since epoch and USD. */
  readonly points: readonly (readonly [at: number, usd: number])[]
}

export type Grouping = 'account' | 'strategy' | 'kind'

/** Sums of net over time, one curve a group. */
export function resultCurves(rows: LedgerAnswer['ledger'], by: Grouping): Curve[] {
  const groups = new Map<string, [number, number][]>()
  for (const row of rows.toSorted((a, b) => a.at - b.at)) {
    if (row.kind === 'transfer') continue
    const name = row[by] ?? 'no strategy'
    const points = groups.get(name) ?? []
    const before = points.at(-1)?.[1] ?? 0
    points.push([row.at / 1000, before + Number(row.net)])
    groups.set(name, points)
  }
  return [...groups].map(([name, points]) => ({ name, points: [[(points[0]?.[0] ?? 0) - 1, 0], ...points] }))
}

/** Equity at the close of each day, and at the opening of the first. */
export function equityCurves({ days }: EquityDaysAnswer): Curve[] {
  const accounts = [...new Set(days.map(({ account }) => account))].toSorted()
  return accounts.map((name) => {
    const own = days.filter(({ account }) => account === name).toSorted((a, b) => a.closedAt - b.closedAt)
    const [first] = own
    const opening: [number, number][] =
      first === undefined ? [] : [[first.openedAt / 1000, Number(first.openingEquity)]]
    return {
      name,
      points: [...opening, ...own.map((row): [number, number] => [row.closedAt / 1000, Number(row.closingEquity)])],
    }
  })
}

/** All instants of all curves, and each curve's value at each of them; null where it has none. */
export function alignedOf(curves: readonly Curve[]): {
  readonly times: number[]
  readonly values: (number | null)[][]
} {
  const times = [...new Set(curves.flatMap(({ points }) => points.map(([at]) => at)))].toSorted((a, b) => a - b)
  const values = curves.map(({ points }) => {
    const known = new Map(points)
    return times.map((at) => known.get(at) ?? null)
  })
  return { times, values }
}
