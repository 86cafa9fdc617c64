/** The screens. */
import type { VNode } from 'preact'
import { type Screen, addressOf, route } from '../live/route.ts'

/** In this order everywhere; the letter follows `g`. */
export const SCREENS: readonly { readonly screen: Screen; readonly name: string; readonly key: string }[] = [
  { screen: 'overview', name: 'Overview', key: 'o' },
  { screen: 'positions', name: 'Positions', key: 'p' },
  { screen: 'alerts', name: 'Alerts', key: 'a' },
  { screen: 'equity', name: 'Equity', key: 'e' },
  { screen: 'sweeps', name: 'Sweeps', key: 's' },
  { screen: 'orders', name: 'Orders', key: 'r' },
  { screen: 'actions', name: 'Actions', key: 'x' },
  { screen: 'audit', name: 'Audit', key: 'u' },
]

export function Nav(): VNode {
  const current = route.value.screen
  return (
    <nav aria-label="Screens">
      <ul>
        {SCREENS.map(({ screen, name }) => (
          <li key={screen}>
            <a href={addressOf(screen)} aria-current={screen === current ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
        <li>
          <a href="/queues">Queues</a>
        </li>
      </ul>
    </nav>
  )
}
