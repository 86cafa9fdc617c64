/** Keys: one letter each, off while somebody types, and to be switched off for good by whoever is disturbed by them. */
import { effect, signal } from '@preact/signals'
import { asked, whyNot } from '../actions/ask.ts'
import { said } from '../live/said.ts'
import { addressOf } from '../live/route.ts'
import { SCREENS } from './nav.tsx'

export const helpIsOpen = signal(false)

const STORED = 'truebook.keys'
export const keysAreOn = signal(localStorage.getItem(STORED) !== 'off')
effect(() => localStorage.setItem(STORED, keysAreOn.value ? 'on' : 'off'))

/** The second key of a pair must follow within, ms. */
const PAIR_MS = 1_500

/** What every key does, for the help. */
export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['?', 'this help'],
  ...SCREENS.map(({ key, name }) => [`g ${key}`, name] as const),
  ['h', 'halt all entries (asks first)'],
  ['w', 'sweep every account now (asks first)'],
  ['Esc', 'closes what is open'],
]

export function listenToKeys(): void {
  let pairUntil = 0
  document.addEventListener('keydown', (event) => {
    if (!keysAreOn.value || !isForUs(event)) return
    if (performance.now() < pairUntil) {
      pairUntil = 0
      const found = SCREENS.find(({ key }) => key === event.key)
      if (found !== undefined) location.hash = addressOf(found.screen)
      return
    }
    if (event.key === 'g') pairUntil = performance.now() + PAIR_MS
    else if (event.key === '?') helpIsOpen.value = true
    else if (event.key === 'h') ask({ verb: 'halt', scope: { kind: 'all' } })
    else if (event.key === 'w') ask({ verb: 'sweep', account: '*' })
    else return
    event.preventDefault()
  })
}

function ask(action: NonNullable<typeof asked.value>): void {
  const reason = whyNot(action.verb)
  if (reason === null) asked.value = action
  else said.value = reason
}

/** Where letters are typed; a choice and a tick take none. */
const TYPED_INTO = 'input:not([type=radio], [type=checkbox]), textarea, select'

/** Not while somebody types, holds the browser's own keys, or a dialog is open. */
function isForUs({ ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return false
  if (target instanceof Element && target.closest(TYPED_INTO) !== null) return false
  return document.querySelector('dialog[open]') === null
}
