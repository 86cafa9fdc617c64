/** Which screen is shown: the address after `#`. Deep links of alerts point here. */
import { signal } from '@preact/signals'

export type Screen = 'overview' | 'positions' | 'alerts' | 'equity' | 'sweeps' | 'orders' | 'actions' | 'audit'

export interface Route {
  readonly screen: Screen
  /** What it is about, e.g. a position id; null: all of it. */
  readonly id: string | null
}

const SCREENS: readonly Screen[] = ['overview', 'positions', 'alerts', 'equity', 'sweeps', 'orders', 'actions', 'audit']

/** Reads an address; what is not known is the overview. */
export function routeOf(hash: string): Route {
  const [name, id] = hash.replace(/^#\/?/, '').split('/', 2)
  const screen = SCREENS.find((known) => known === name) ?? 'overview'
  return { screen, id: id === undefined || id === '' ? null : decodeURIComponent(id) }
}

export const route = signal<Route>(routeOf(location.hash))

/** Follows the address; `onMove` runs after each move. */
export function followAddress(onMove: () => void): void {
  window.addEventListener('hashchange', () => {
    route.value = routeOf(location.hash)
    onMove()
  })
}

/** Address of a screen. */
export function addressOf(screen: Screen, id?: string): string {
  if (screen === 'overview') return '#/'
  return id === undefined ? `#/${screen}` : `#/${screen}/${encodeURIComponent(id)}`
}
