/** From an audit record to the event that tells the outside of it. Pure and total: what no rule knows is told with all its inputs. */
import type { AuditRow } from '../records.ts'
import { ACCOUNT_RULES, OPERATOR_RULES } from './account-rules.ts'
import { EVENT_VERSION, type ExecutionEvent } from './event-schema.ts'
import { ORDER_RULES } from './order-rules.ts'
import { POSITION_RULES } from './position-rules.ts'
import type { Recorded, Told } from './rule.ts'

const RULES = [...POSITION_RULES, ...ORDER_RULES, ...ACCOUNT_RULES, ...OPERATOR_RULES]

/** The event of a record: the same record is the same event, whenever it is asked for. */
export function eventOf(recorded: Recorded): ExecutionEvent {
  const { record, position, processed } = recorded
  const { orderId = null, ...body } = toldBy(recorded)
  return {
    ...body,
    version: EVENT_VERSION,
    idempotency_key: record.auditId,
    source: record.actor,
    ts: record.at,
    account: position?.account ?? processed?.account ?? accountNamedBy(record),
    position_id: record.subjectKind === 'positions' ? record.subject : null,
    client_order_id: orderId !== null && /^[0-9a-f]{32}$/.test(orderId) ? orderId : null,
    subject: { kind: record.subjectKind, id: record.subject, seq: record.seq },
  }
}

/** Whether some rule knows a decision by its words; its inputs may still be others than the rule knows. */
export function isToldByRule(decision: string): boolean {
  return RULES.some((known) => known.decision.test(decision))
}

function toldBy(recorded: Recorded): Told {
  const { record } = recorded
  for (const { subject, decision, tell } of RULES) {
    if (subject !== record.subjectKind) continue
    const match = decision.exec(record.decision)
    const told = match === null ? null : tell(recorded, match)
    if (told !== null) return told
  }
  return { type: 'decision.recorded', payload: { decision: record.decision, inputs: record.inputs } }
}

/** Rows of accounts and programmes have the account's id; a switch of one account is named for it. */
function accountNamedBy({ subjectKind, subject }: AuditRow): string | null {
  if (subjectKind === 'accounts' || subjectKind === 'programmes') return subject
  return subjectKind === 'control' && subject.startsWith('account.') ? subject.slice('account.'.length) : null
}
