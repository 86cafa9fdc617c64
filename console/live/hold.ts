/**
 * Keeps lists still while somebody points at one or is inside one with the keyboard: rows neither come, go nor change places then, only
 * their values change. What waits is counted and shown on a button. One pair of hands holds every list: a row that comes above would move
 * the one below all the same.
 */
import { computed, signal } from '@preact/signals'
import { useRef } from 'preact/hooks'

const pointerInside = signal(false)
const focusInside = signal(false)
const holding = computed(() => pointerInside.value || focusInside.value)

/** Spread on the element around a list. */
export const holdProps = {
  onPointerEnter: set(pointerInside, true),
  onPointerLeave: set(pointerInside, false),
  onFocusIn: set(focusInside, true),
  onFocusOut: set(focusInside, false),
} as const

function set(hand: typeof pointerInside, value: boolean): () => void {
  return () => {
    hand.value = value
  }
}

/** Another screen has other lists. */
export function letGo(): void {
  pointerInside.value = false
  focusInside.value = false
}

export interface HeldRow<Row> {
  readonly key: string
  readonly row: Row
  /** It has left the list and is only still shown. */
  readonly gone: boolean
}

export interface Held<Row> {
  readonly shown: readonly HeldRow<Row>[]
  /** Rows that came, went or moved and are not shown so yet. */
  readonly waiting: number
  /** Shows them now. */
  readonly apply: () => void
}

/** The rows to show. */
export function useHeld<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Held<Row> {
  const known = useRef<{ keys: readonly string[]; rows: Map<string, Row> }>({ keys: [], rows: new Map() })
  const version = useRef(signal(0))
  // Read, so that applying draws again.
  void version.current.value
  const current = new Map(rows.map((row) => [keyOf(row), row]))
  const keys = [...current.keys()]
  if (!holding.value) known.current = { keys, rows: current }
  const shown = known.current.keys.flatMap((key): HeldRow<Row>[] => {
    const row = current.get(key) ?? known.current.rows.get(key)
    return row === undefined ? [] : [{ key, row, gone: !current.has(key) }]
  })
  return {
    shown,
    waiting: differences(known.current.keys, keys),
    apply: () => {
      known.current = { keys, rows: current }
      version.current.value += 1
    },
  }
}

/** Keys that are in one list only, or else stand elsewhere. */
export function differences(before: readonly string[], after: readonly string[]): number {
  const old = new Set(before)
  const fresh = new Set(after)
  const changed = before.filter((key) => !fresh.has(key)).length + after.filter((key) => !old.has(key)).length
  if (changed > 0) return changed
  return after.filter((key, index) => key !== before[index]).length
}
