/** Events of accounts, programmes and the switches of operators. */
import { z } from 'zod'
import { type EventRule, rule } from './rule.ts'

const text = z.string()
const finding = z.object({ kind: text, instrument: text, book: text, broker: text, action: text })
const denial = z.object({ gate: text, limit: text, observed: text })

/** What the account's own records tell. */
export const ACCOUNT_RULES: readonly EventRule[] = [
  rule(
    'accounts',
    /^entries locked$/,
    z.object({ reason: text, instrument: text.nullable().default(null) }),
    ({ reason, instrument }, { record }) => ({
      type: 'entries.locked',
      payload: { decision: record.decision, instrument, reason },
    }),
  ),
  rule(
    'accounts',
    /^locks lifted$/,
    z.object({ lifted: z.array(z.object({ instrument: text })) }),
    ({ lifted }, { record }) => ({
      type: 'entries.lifted',
      payload: { decision: record.decision, instruments: lifted.map(({ instrument }) => instrument) },
    }),
  ),
  rule(
    'accounts',
    /^found /,
    z.object({ finding, entriesLocked: z.boolean() }),
    ({ finding: found, entriesLocked }, { record }) => ({
      type: 'drift.found',
      payload: { decision: record.decision, ...found, entries_locked: entriesLocked },
    }),
  ),
  rule('programmes', /^entries closed$/, z.object({ entries: denial }), ({ entries }, { record }) => ({
    type: 'programme.entries_closed',
    payload: { decision: record.decision, ...entries },
  })),
  rule('programmes', /^entries opened$/, z.looseObject({}), (_inputs, { record }) => ({
    type: 'programme.entries_opened',
    payload: { decision: record.decision },
  })),
  rule(
    'programmes',
    /^locked out by the venue$/,
    z.object({ positionId: text, closedAt: z.int().nullable(), cause: z.object({ reason: text }) }),
    ({ positionId, closedAt, cause }, { record }) => ({
      type: 'programme.locked_out',
      payload: { decision: record.decision, position_id: positionId, closed_at: closedAt, reason: cause.reason },
    }),
  ),
  rule('accounts', /^ignoring ended: /, z.object({ instrument: text }), ({ instrument }, { record }) => ({
    type: 'ignoring.ended',
    payload: { decision: record.decision, instrument },
  })),
  rule('accounts', /^adopted$/, z.object({ instrument: text, positionId: text }), (inputs, { record }) => ({
    type: 'adoption.done',
    payload: { decision: record.decision, instrument: inputs.instrument, position_id: inputs.positionId },
  })),
  rule(
    'accounts',
    /^adoption (?:refused|ended)$/,
    z.object({ instrument: text, reason: text }),
    (inputs, { record }) => ({
      type: record.decision === 'adoption ended' ? 'adoption.ended' : 'adoption.refused',
      payload: { decision: record.decision, ...inputs },
    }),
  ),
]

const change = { why: text.nullable().default(null), before: z.unknown().optional(), after: z.unknown().optional() }
const VERBS = /^(?:sweep|acknowledge|cancel-orders|flatten|adopt|ignore|unignore|quarantine|release|retry-job)$/
const SUBJECTS = ['positions', 'processed', 'accounts', 'programmes', 'control'] as const

/** What operators did. The confirmation token stays with the record. */
export const OPERATOR_RULES: readonly EventRule[] = [
  rule(
    'control',
    // The third is the word of versions before actions.
    /^(?:halt|resume|trading-enabled)$/,
    z.object(change),
    ({ why, before = null, after = null }, { record }) => ({
      type: 'control.changed',
      payload: {
        decision: record.decision,
        scope: record.subject,
        trading_enabled: enabledIn(after),
        why,
        before,
        after,
      },
    }),
  ),
  ...SUBJECTS.map((subject) =>
    rule(
      subject,
      VERBS,
      z.object({ ...change, target: z.unknown().optional() }),
      ({ why, target = null, before = null, after = null }, { record }) => ({
        type: 'action.taken',
        payload: { decision: record.decision, verb: record.decision, why, target, before, after },
      }),
    ),
  ),
]

/** `after` is the switch itself, or a row that holds it. */
function enabledIn(after: unknown): boolean | null {
  if (typeof after === 'boolean') return after
  const parsed = z.object({ tradingEnabled: z.boolean() }).safeParse(after)
  return parsed.success ? parsed.data.tradingEnabled : null
}
