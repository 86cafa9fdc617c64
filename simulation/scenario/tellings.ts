/**
 * What the sink of a world heard. Every alert is told; a notice is told twice only where something died, stood still or lost the book
 * between the sink's taking and the record: nothing can close that window. Pure.
 */
import type { AlertRow } from '#domain/records.ts'
import type { Breach } from '#storm/invariants/breach.ts'

/** `heard`: how often by the notice's key. `blows`: deaths and disturbances of the world. */
export function checkTellings(
  alerts: readonly AlertRow[],
  heard: ReadonlyMap<string, number>,
  blows: number,
): readonly Breach[] {
  const untold = alerts.filter(({ alertId }) => !heard.has(alertId))
  const unended = alerts.filter(({ alertId, active }) => !active && !heard.has(`${alertId}.resolved`))
  const extra = [...heard.values()].reduce((sum, times) => sum + times - 1, 0)
  return [
    ...untold.map(({ alertId, kind }) => breach(alertId, `${kind} was never told`)),
    ...unended.map(({ alertId, kind }) => breach(alertId, `the end of ${kind} was never told`)),
    ...(extra > blows
      ? [breach('sink', `${extra} notices were told again, with ${blows} deaths and disturbances`)]
      : []),
  ]
}

function breach(about: string, what: string): Breach {
  return { invariant: 'alerts', about, what }
}
