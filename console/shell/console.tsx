/** The whole console: band, screen, dialogs, and the line at the foot. */
import type { VNode } from 'preact'
import { ActionDialog } from '../actions/action-dialog.tsx'
import { route } from '../live/route.ts'
import { said } from '../live/said.ts'
import { connection, isLive } from '../live/state.ts'
import { ActionsScreen } from '../screens/actions.tsx'
import { AlertsScreen } from '../screens/alerts.tsx'
import { AuditScreen } from '../screens/audit.tsx'
import { EquityScreen } from '../screens/equity.tsx'
import { OrdersScreen } from '../screens/orders.tsx'
import { OverviewScreen } from '../screens/overview.tsx'
import { PositionScreen } from '../screens/position.tsx'
import { PositionsScreen } from '../screens/positions.tsx'
import { SweepsScreen } from '../screens/sweeps.tsx'
import { Header } from './header.tsx'
import { HelpDialog } from './help-dialog.tsx'
import { LoggedOut } from './logged-out.tsx'

export function Console(): VNode {
  if (connection.value === 'signed-out') return <LoggedOut />
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the screen
      </a>
      <Header />
      <main id="main" tabIndex={-1} class={isLive.value ? '' : 'old'}>
        <CurrentScreen />
      </main>
      <ActionDialog />
      <HelpDialog />
      <p class="said" role="status">
        {said.value}
      </p>
    </>
  )
}

/** The address names the screen, so the jump is made by hand. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function CurrentScreen(): VNode {
  const { screen, id } = route.value
  switch (screen) {
    case 'positions':
      return id === null ? <PositionsScreen /> : <PositionScreen key={id} id={id} />
    case 'alerts':
      return <AlertsScreen id={id} />
    case 'equity':
      return <EquityScreen />
    case 'sweeps':
      return <SweepsScreen />
    case 'orders':
      return <OrdersScreen />
    case 'actions':
      return <ActionsScreen />
    case 'audit':
      return <AuditScreen key={id} subject={id} />
    case 'overview':
      return <OverviewScreen />
  }
}
