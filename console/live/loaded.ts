/** Something read from the server once and again: loading, there, or refused with the server's words. */
import { useEffect, useState } from 'preact/hooks'
import { getJson, wordsOf } from './request.ts'

export interface Loaded<T> {
  readonly value: T | null
  /** Why the last reading failed; null when it did not. */
  readonly problem: string | null
  readonly again: () => void
}

/** Reads a path now and every `every` ms while shown; 0: once. */
export function useLoaded<T>(path: string, every = 0): Loaded<T> {
  const [state, setState] = useState<{ path: string; value: T | null; problem: string | null }>({
    path,
    value: null,
    problem: null,
  })
  const [round, setRound] = useState(0)
  useEffect(() => {
    let stopped = false
    const load = async (): Promise<void> => {
      try {
        const value = await getJson<T>(path)
        if (!stopped) setState({ path, value, problem: null })
      } catch (error) {
        if (!stopped) setState((before) => ({ ...before, path, problem: wordsOf(error) }))
      }
    }
    void load()
    const timer = every > 0 ? setInterval(() => void load(), every) : undefined
    return () => {
      stopped = true
      clearInterval(timer)
    }
  }, [path, every, round])
  const value = state.path === path ? state.value : null
  return { value, problem: state.path === path ? state.problem : null, again: () => setRound((count) => count + 1) }
}
