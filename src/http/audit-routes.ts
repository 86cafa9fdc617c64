/** What was decided about a position, for operators; every chain is checked as it is read. */
import type { FastifyInstance } from 'fastify'
import { readTimeline } from '#audit/read-chain.ts'
import type { Book } from '#book/book.ts'
import type { PositionId } from '#domain/ids.ts'
import { timelineAnswer } from './answers.ts'
import { HttpError } from './http-error.ts'
import { operation } from './operation.ts'
import type { TimelineAnswer } from './wire.ts'

/** `GET /v1/positions/:id/audit` */
export function auditRoutes(server: FastifyInstance, { book }: { readonly book: Book }): void {
  const described = operation({
    summary: 'What was decided about a position and by the commands that named it, in order and checked',
    access: 'viewer',
    path: { id: 'Position id, or the id of a command.' },
    answers: { 200: { what: 'The records.', schema: timelineAnswer } },
    errors: ['not_found'],
  })
  server.get<{ Params: { id: string } }>(
    '/v1/positions/:id/audit',
    described,
    async (request): Promise<TimelineAnswer> => {
      const { id } = request.params
      const chains = await readTimeline(book, id as PositionId)
      if (chains.length === 0) throw new HttpError('not_found', `There is no position or command ${id}.`)
      return {
        position_id: id,
        records: chains.flatMap(({ rows }) => rows.map(({ row }) => row)).toSorted((a, b) => a.at - b.at),
        broken: chains.find(({ fault }) => fault !== null)?.fault ?? null,
      }
    },
  )
}
