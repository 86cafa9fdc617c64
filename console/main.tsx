/** The operator's console: starts listening, draws, and keeps the document's title true in background tabs. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { letGo } from './live/hold.ts'
import { followAddress, route } from './live/route.ts'
import { startFeed } from './live/feed.ts'
import { loadSession } from './live/session.ts'
import { mode, verdict } from './live/state.ts'
import { Console } from './shell/console.tsx'
import { listenToKeys } from './shell/keys.ts'

const SIGNS = { equal: '=', drift: '\u2260 DRIFT', unknown: '? UNKNOWN' } as const

effect(() => {
  document.title = `${mode.toUpperCase()} ${SIGNS[verdict.value.state]} · ${route.value.screen} · Truebook`
})

const root = document.getElementById('console')
if (root === null) throw new Error('Expected the page to have a place for the console, saw none.')
root.replaceChildren()
render(<Console />, root)

listenToKeys()
followAddress(() => {
  letGo()
  // Where the screen changes, so does what is read aloud next.
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main h1')?.focus())
})
void loadSession()
startFeed()
