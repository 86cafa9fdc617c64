/**
 * A way to a venue that remembers every answer and, told so, gives one of them mutilated. Asked twice, the venue is not: what comes
 * back differs from the truth by the mutilation alone, and a thousand of them take a second.
 */
import type { Headers, HttpClient, HttpOutcome } from '#brokers/http-request.ts'
import { SOCKETS, type Transport } from '#brokers/transport.ts'

/** A question as it is asked: method, path with query, body. */
export type Question = string

export interface MutilatingTransport extends Transport {
  /** Answers by question, in the order they were first asked. */
  readonly answers: ReadonlyMap<Question, HttpOutcome>
  /** Forgets the answers: the venue has changed. */
  forget(): void
  /** Runs something while every answer to `question` has this body. */
  while<T>(question: Question, body: string, run: () => Promise<T>): Promise<T>
  /** Questions asked while something runs. */
  asked<T>(run: () => Promise<T>): Promise<{ readonly questions: readonly Question[]; readonly result: T }>
}

/** Remembers over the sockets of this machine. */
export function mutilatingTransport(): MutilatingTransport {
  const answers = new Map<Question, HttpOutcome>()
  let listening: Set<Question> | null = null
  let mutilated: { readonly question: Question; readonly body: string } | null = null
  const remembered = async (question: Question, ask: () => Promise<HttpOutcome>): Promise<HttpOutcome> => {
    listening?.add(question)
    const outcome = answers.get(question) ?? (await ask())
    answers.set(question, outcome)
    return mutilated?.question === question && outcome.kind === 'answer'
      ? { ...outcome, body: mutilated.body }
      : outcome
  }
  return {
    ...SOCKETS,
    answers,
    forget: () => answers.clear(),
    http: (baseUrl: string): HttpClient => {
      const client = SOCKETS.http(baseUrl)
      return {
        close: () => client.close(),
        get: (path: string, deadlineMs: number, headers?: Headers) =>
          remembered(`GET ${path}`, () => client.get(path, deadlineMs, headers)),
        post: (path: string, body: string, deadlineMs: number, headers?: Headers) =>
          remembered(`POST ${path} ${body}`, () => client.post(path, body, deadlineMs, headers)),
      }
    },
    async while(question, body, run) {
      mutilated = { question, body }
      try {
        return await run()
      } finally {
        mutilated = null
      }
    },
    async asked(run) {
      listening = new Set()
      const result = await run()
      const questions = [...listening]
      listening = null
      return { questions, result }
    },
  }
}
