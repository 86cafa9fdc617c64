/** A rule that makes a typed event of one kind of audit record. What does not fit a rule's inputs is no case of it. */
import type { z } from 'zod'
import type { PositionRow } from '../position.ts'
import type { AuditRow, AuditSubject, ProcessedRow } from '../records.ts'
import type { EventBody } from './event-schema.ts'

/** A record and the rows it names: of these only what never changes is used, so that one record is always one event. */
export interface Recorded {
  readonly record: AuditRow
  readonly position: PositionRow | null
  readonly processed: ProcessedRow | null
}

/** Type, payload and, where an order is meant, its id. */
export type Told = EventBody & { readonly orderId?: string | null }

export interface EventRule {
  readonly subject: AuditSubject['kind']
  readonly decision: RegExp
  /** Null when the inputs are not those that the rule knows. */
  readonly tell: (recorded: Recorded, match: RegExpExecArray) => Told | null
}

export function rule<Schema extends z.ZodType>(
  subject: AuditSubject['kind'],
  decision: RegExp,
  inputs: Schema,
  tell: (inputs: z.infer<Schema>, recorded: Recorded, match: RegExpExecArray) => Told | null,
): EventRule {
  return {
    subject,
    decision,
    tell(recorded, match) {
      const parsed = inputs.safeParse(recorded.record.inputs)
      return parsed.success ? tell(parsed.data, recorded, match) : null
    },
  }
}

/** What every payload about a position carries. */
export function ofPosition({ record, position }: Recorded): {
  readonly decision: string
  readonly instrument: string | null
  readonly strategy: string | null
  readonly side: 'long' | 'short' | null
} {
  return {
    decision: record.decision,
    instrument: position?.instrument ?? null,
    strategy: position?.strategy ?? null,
    side: position?.side ?? null,
  }
}
