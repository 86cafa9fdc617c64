/**
 * What a verb is. One file each in this folder; `verbs.ts` lists them.
 *
 * `radius` is pure and is asked twice: for the preview, and again before the execution. Only if both answers are equal is the action done.
 * So it may hold nothing that changes by itself: no ages, no counts of things the action does not touch.
 *
 * `perform` makes one commit, over the revisions in `view`, that holds the effect and its audit record. A `StaleWrite` is left to the
 * frame: it reads again, compares the radius again and, if the world is still as shown, performs again. It may run twice, so whatever it
 * asks of a queue comes after the commit and under a key that is a function of `order`.
 */
import type { ActionOf, VerbName } from '#domain/operator/action.ts'
import type { Radius, Refusal } from '#domain/operator/radius.ts'
import type { OperatorView } from '#domain/operator/view.ts'
import type { OperateTools, Order, Performed, StoredView } from './tools.ts'

export interface Verb<V extends VerbName = VerbName> {
  radius(action: ActionOf<V>, view: OperatorView): Radius | Refusal
  /** @throws StaleWrite, BookUnavailable, RedisUnavailable */
  perform(action: ActionOf<V>, view: StoredView, order: Order, tools: OperateTools): Promise<Performed>
  /**
   * What comes after the commit, once more, for whoever confirms again what is recorded; `order` as it was recorded. Only where the commit
   * does not owe that work. @throws RedisUnavailable
   */
  again?(action: ActionOf<V>, view: StoredView, order: Order, tools: OperateTools): Promise<void>
}
