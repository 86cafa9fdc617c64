/** One line at the foot of the screen, for what was just refused or done; it goes by itself. */
import { effect, signal } from '@preact/signals'

const SHOWN_MS = 8_000

export const said = signal('')

effect(() => {
  if (said.value === '') return
  const timer = setTimeout(() => (said.value = ''), SHOWN_MS)
  return () => clearTimeout(timer)
})
