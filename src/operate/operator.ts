/**
 * Preview and confirm: the frame around every verb. A preview says what an action would do and gives a token for it. A confirmation looks
 * again, does the action only if it would still do exactly that, and does it once: the same confirmation again hears the first answer.
 */
import { StaleWrite } from '#book/errors.ts'
import { canonicalJson } from '#domain/ids.ts'
import type { Action } from '#domain/operator/action.ts'
import type { Radius, Refusal } from '#domain/operator/radius.ts'
import { type Confirmations, confirmationOf, createConfirmations, type TokenState } from './confirmation.ts'
import { answerAgain, confirmationIdOf, onceUnder } from './done-before.ts'
import { readView } from './read-view.ts'
import type { OperateTools, Order, Performed, StoredView } from './tools.ts'
import { verbOf } from './verbs.ts'

/** An account's row moves with every entry; whoever loses that race so often is told to ask again. */
const ATTEMPTS = 20

/** What an action would do, and the token that confirms it. */
export interface Preview {
  readonly action: Action
  readonly radius: Radius
  readonly confirm: string
  readonly expiresAt: number
}

export interface Confirmation {
  readonly token: string
  readonly why: string
  readonly caller: string
}

export type PreviewAnswer =
  | { readonly kind: 'preview'; readonly preview: Preview }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
export type ConfirmAnswer =
  | { readonly kind: 'done'; readonly performed: Performed }
  /** Nothing was done; `preview` is what it would do now. */
  | { readonly kind: 'changed'; readonly because: Exclude<TokenState, 'good'>; readonly preview: Preview }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Nothing was done: the rows in question change faster than we can write. */
  | { readonly kind: 'busy' }

/** Previews and confirmations of one process. */
export interface Operator {
  /** @throws BookUnavailable */
  preview(action: Action, caller: string): Promise<PreviewAnswer>
  /** @throws BookUnavailable; RedisUnavailable where a queue is asked. Then ask the same again. */
  confirm(action: Action, confirmation: Confirmation): Promise<ConfirmAnswer>
}

export function createOperator(
  tools: OperateTools,
  confirmations: Confirmations = createConfirmations(),
  verbs: typeof verbOf = verbOf,
): Operator {
  const remembering = rememberDone(() => tools.now())
  const look = async (action: Action): Promise<{ view: StoredView; radius: Radius | Refusal }> => {
    const view = await readView(action, tools)
    return { view, radius: verbs(action).radius(action, view) }
  }
  const previewOf = (action: Action, radius: Radius, caller: string): Preview => {
    const { token, expiresAt } = confirmations.issue({ caller, action, radius }, tools.now())
    return { action, radius, confirm: token, expiresAt }
  }
  const once = async (action: Action, { token, why, caller }: Confirmation): Promise<ConfirmAnswer> => {
    const order: Order = { by: caller, why, at: tools.now(), confirmation: confirmationOf(token) }
    const id = confirmationIdOf(token, caller, action)
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { view, radius } = await look(action)
      const state = 'refused' in radius ? 'other' : confirmations.check(token, { caller, action, radius }, order.at)
      // What is not as shown may be so because this very confirmation was carried out. A first attempt at what is good need not ask: its
      // commit would be stale.
      const before = state === 'good' && attempt === 1 ? null : await tools.book.load('confirmations', id)
      if (before !== null) {
        await verbs(action).again?.(action, view, { ...order, why: before.row.why, at: before.row.at }, tools)
        return { kind: 'done', performed: await answerAgain(before.row, tools) }
      }
      if ('refused' in radius) return { kind: 'refused', refusal: radius }
      if (state !== 'good') return { kind: 'changed', because: state, preview: previewOf(action, radius, caller) }
      try {
        return {
          kind: 'done',
          performed: await verbs(action).perform(action, view, order, onceUnder(id, action, order, tools)),
        }
      } catch (error) {
        if (!(error instanceof StaleWrite)) throw error
      }
    }
    return { kind: 'busy' }
  }
  return {
    async preview(action, caller) {
      const { radius } = await look(action)
      if ('refused' in radius) return { kind: 'refused', refusal: radius }
      return { kind: 'preview', preview: previewOf(action, radius, caller) }
    },
    async confirm(action, confirmation) {
      const { token, caller } = confirmation
      return await remembering(canonicalJson({ token, caller, action }), () => once(action, confirmation))
    },
  }
}

/** How long an answer is remembered, ms: longer than any token is good. */
const REMEMBERED_MS = 600_000

/** Spares the book the question what was done under a key; what other processes have done stands there, see done-before.ts. */
function rememberDone(now: () => number): (key: string, run: () => Promise<ConfirmAnswer>) => Promise<ConfirmAnswer> {
  const done = new Map<string, { readonly answer: Promise<ConfirmAnswer>; readonly since: number }>()
  return async (key, run) => {
    const since = now()
    // The oldest come first.
    for (const [old, entry] of done) {
      if (since - entry.since <= REMEMBERED_MS) break
      done.delete(old)
    }
    const before = done.get(key)
    if (before !== undefined) return await before.answer
    const answer = run()
    done.set(key, { answer, since })
    try {
      const result = await answer
      if (result.kind !== 'done') done.delete(key)
      return result
    } catch (error) {
      done.delete(key)
      throw error
    }
  }
}
