/** Curves on a canvas. The tables beside it hold the same numbers exactly, for whoever cannot see it. */
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { type Curve, alignedOf } from './curves.ts'
import { groupedText } from './grouped.ts'
import { utcText } from './times.tsx'

const HEIGHT = 220
/** Curves differ by dash as well as by colour. */
const DASHES: readonly number[][] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 4]]
const LOOKS = DASHES.length

export function CurveChart({ curves, empty }: { readonly curves: readonly Curve[]; readonly empty: string }): VNode {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null || curves.length === 0) return
    const { times, values } = alignedOf(curves)
    const plot = new uPlot(optionsFor(curves, element), [times, ...values], element)
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    watch.observe(element)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
  }, [curves])
  if (curves.length === 0) return <p class="quiet">{empty}</p>
  return (
    <figure class="chart">
      <div ref={place} class="plot" role="img" aria-label={`Curves of ${curves.map(({ name }) => name).join(', ')}`} />
      <figcaption>
        <ul class="legend">
          {curves.map(({ name }, index) => (
            <li key={name}>
              <svg class={`line line-${index % LOOKS}`} viewBox="0 0 28 8" aria-hidden="true">
                <path d="M0 4h28" stroke-dasharray={DASHES[index % LOOKS]?.join(' ') ?? ''} />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  )
}

/** As much of an instant as its step leaves open, UTC. */
function instantText(seconds: number, step: number): string {
  const text = utcText(seconds * 1000)
  if (step >= 86_400) return text.slice(0, 10)
  return step >= 60 ? text.slice(11, 16) : text.slice(11, 19)
}

function optionsFor(curves: readonly Curve[], element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const ink = (name: string): string => style.getPropertyValue(name).trim()
  const axis = {
    font: `12px ${ink('--sans')}`,
    stroke: ink('--muted'),
    grid: { stroke: ink('--line'), width: 1 },
    ticks: { stroke: ink('--line'), width: 1 },
  }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    axes: [
      { ...axis, values: (_plot, splits, _axis, _space, step) => splits.map((at) => instantText(at, step)) },
      { ...axis, size: 76, values: (_plot, splits) => splits.map((usd) => groupedText(String(usd))) },
    ],
    series: [
      {},
      ...curves.map(({ name }, index) => ({
        label: name,
        stroke: ink(`--curve-${index % LOOKS}`),
        width: 2,
        dash: DASHES[index % LOOKS] ?? [],
        spanGaps: true,
        points: { size: 5 },
      })),
    ],
  }
}
