/** The envelope every REST answer comes in; success texts differ from endpoint to endpoint (reference section B2). */
import type { Refusal } from '#simulators/bybit/engine/refusal.ts'

/** What a handler answers: a result, or a refusal. */
export type Answer = { readonly result: unknown; readonly retMsg?: string } | Refusal

/** The body of an answer. */
export function envelope(answer: Answer, time: number): object {
  if ('result' in answer) {
    return { retCode: 0, retMsg: answer.retMsg ?? 'OK', result: answer.result, retExtInfo: {}, time }
  }
  return { retCode: answer.retCode, retMsg: answer.retMsg, result: {}, retExtInfo: {}, time }
}
