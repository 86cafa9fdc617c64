/** What is shown to nobody in particular: how to log in. */
import type { VNode } from 'preact'
import { mode } from '../live/state.ts'

export function LoggedOut(): VNode {
  return (
    <main id="main" class="logged-out" tabIndex={-1}>
      <h1>Truebook {mode.toUpperCase()}: nobody is logged in</h1>
      <p>
        <a href={`/login?next=${encodeURIComponent(`/${location.hash}`)}`}>Log in with your token</a>, or make a
        one-time login link on the machine where Truebook runs:
      </p>
      <pre>truebook login --config FILE</pre>
      <p class="quiet">A session ends by itself after 12 hours, or after 2 hours without use.</p>
    </main>
  )
}
