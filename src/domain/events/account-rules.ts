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
  rule(
    'control',
    /./,
    z.looseObject({ after: z.unknown(), why: text.nullable().default(null) }),
    ({ after, why }, { record }) => ({
      type: 'control.changed',
      payload: {
        decision: record.decision,
        scope: record.subject,
        trading_enabled: enabledIn(after),
        why,
        inputs: record.inputs,
      },
    }),
  ),
]

/** `after` is the switch itself, or a row that holds it. */
function enabledIn(after: unknown): boolean | null {
  if (typeof after === 'boolean') return after
  const parsed = z.object({ tradingEnabled: z.boolean() }).safeParse(after)
  return parsed.success ? parsed.data.tradingEnabled : null
}
